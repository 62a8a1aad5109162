import { HD } from "@bsv/sdk";
import { createInMemoryStore, StoreError, type DocumentStore } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { beforeEach, describe, expect, test } from "vitest";
import { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordPayment, recordProof } from "../invoice/invoice-steps.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { invoiceIn, otherTxid, proof, txid } from "../test-support/invoices.ts";
import { PayoutRepository } from "./payout-repository.ts";
import { PayoutService, type PayoutServiceOptions } from "./payout-service.ts";
import type { Payout } from "./payout.ts";

let documents: DocumentStore;
let payouts: PayoutRepository;

beforeEach(() => {
  documents = createInMemoryStore().documents("payd");
  payouts = new PayoutRepository(documents);
});

const payout = (id: string): Payout => ({
  version: 1,
  id,
  kind: "refund",
  invoiceId: "invoice1",
  satoshis: 500,
  feeSatoshis: 10,
  script: "51",
  reason: null,
  createdAtMs: 1_000,
  txid: "aa".repeat(32),
  rawTx: "00",
  inputs: [],
  change: null,
  state: "signed",
  refusal: null,
});

/** The store with some of its methods replaced. */
function changed(changes: Partial<DocumentStore>): PayoutRepository {
  return new PayoutRepository({
    get: (key: string) => documents.get(key),
    put: (key: string, bytes: Uint8Array, revision: number) => documents.put(key, bytes, revision),
    entries: (prefix?: string) => documents.entries(prefix),
    ...changes,
  } as DocumentStore);
}

const idsOf = async (): Promise<readonly string[]> => (await payouts.open()).payouts.map(({ id }) => id);

describe("a payout", () => {
  test("is added only by who has seen all others", async () => {
    const [book, sameBook] = await Promise.all([payouts.open(), payouts.open()]);
    await payouts.add(payout("first"), book);
    await expect(payouts.add(payout("second"), sameBook)).rejects.toMatchObject({ code: "STORE_REVISION_CONFLICT" });
    expect(await idsOf()).toEqual(["first"]);
    await payouts.add(payout("second"), await payouts.open());
    expect(await idsOf()).toEqual(["first", "second"]);
  });

  test("is there once it is in the journal, also when a crash has left it without a document of its own", async () => {
    const crashing = changed({
      put: (key, bytes, revision) =>
        key.startsWith("payout.")
          ? Promise.reject(new StoreError("STORE_UNAVAILABLE", "test"))
          : documents.put(key, bytes, revision),
    });
    await expect(crashing.add(payout("first"), await payouts.open())).rejects.toThrow("test");
    expect(await payouts.get("first")).toBeNull();
    expect(await idsOf()).toEqual(["first"]);
    expect(await payouts.get("first")).toEqual(payout("first"));
  });

  test("that was made before there was a journal counts as well", async () => {
    await documents.put("payout.old", new TextEncoder().encode(JSON.stringify(payout("old"))), 0);
    await payouts.add(payout("new"), await payouts.open());
    expect(await idsOf()).toEqual(["old", "new"]);
  });
});

test("a replica that does not have all payouts is not believed: what is left out could be paid twice", async () => {
  await payouts.add(payout("first"), await payouts.open());
  await payouts.add(payout("second"), await payouts.open());
  const lagging = changed({
    async *entries(prefix) {
      for await (const document of documents.entries(prefix)) if (document.key === "payout.first") yield document;
    },
  });
  await expect(lagging.open()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
});

const rate = { satoshis: 50, bytes: 1_000 };
const script = "76a914" + "00".repeat(20) + "88ac";
const master = HD.fromSeed(Array.from({ length: 16 }, (_, i) => i));

function proved(id: string, of: string, satoshis: number): Invoice {
  const paid = recordPayment({ ...invoiceIn.pending, id, satoshis }, of, 2_000);
  return recordProof(paid, of, proof, true);
}

test("two processes of one wallet refund an invoice once, from coins that no other payout has", async () => {
  const invoices = new InvoiceRepository(documents);
  await invoices.add(proved("invoice1", txid, 10_000));
  await invoices.add(proved("invoice2", otherTxid, 50_000));
  let asked = 0;
  let goOn: () => void = () => undefined;
  const bothHaveLooked = new Promise<void>((resolve) => (goOn = resolve));
  const options: PayoutServiceOptions = {
    invoices,
    payouts,
    masterKey: () => Promise.resolve(master),
    async feeRate() {
      asked += 1;
      if (asked === 2) goOn();
      await bothHaveLooked;
      return rate;
    },
    broadcast: () => Promise.resolve({ accepted: true }),
    now: () => 5_000,
    retryMs: 3_600_000,
    logger: createLogger({ name: "test", level: "silent" }),
    signal: AbortSignal.abort(),
  };
  const processes = [new PayoutService(options), new PayoutService(options)];
  const order = { satoshis: null, script, reason: null };
  const outcomes = await Promise.allSettled(
    processes.map((service, index) => service.refund("invoice1", order, `refund${index}`)),
  );
  expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(outcomes).toContainEqual({
    status: "rejected",
    reason: expect.objectContaining({ code: "PAYD_REFUND_EXCEEDS" }) as Error,
  });
  expect((await invoices.get("invoice1"))?.refunds).toHaveLength(1);
});
