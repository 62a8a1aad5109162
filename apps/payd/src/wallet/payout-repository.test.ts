import { createInMemoryStore, StoreError, type DocumentStore } from "@p4/event-store";
import { beforeEach, describe, expect, test } from "vitest";
import { PayoutRepository } from "./payout-repository.ts";
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
