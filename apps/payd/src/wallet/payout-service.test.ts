import { HD } from "@bsv/sdk";
import { createInMemoryStore } from "@p4/event-store";
import { createLogger } from "@p4/telemetry";
import { expect, test } from "vitest";
import { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordPayment, recordProof } from "../invoice/invoice-steps.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { invoiceIn, otherTxid, proof, txid } from "../test-support/invoices.ts";
import { PayoutRepository } from "./payout-repository.ts";
import { PayoutService, type PayoutServiceOptions } from "./payout-service.ts";

const rate = { satoshis: 50, bytes: 1_000 };
const script = "76a914" + "00".repeat(20) + "88ac";
const master = HD.fromSeed(Array.from({ length: 16 }, (_, i) => i));

function proved(id: string, of: string, satoshis: number): Invoice {
  const paid = recordPayment({ ...invoiceIn.pending, id, satoshis }, of, 2_000);
  return recordProof(paid, of, proof, true);
}

test("two processes of one wallet refund an invoice once, from coins that no other payout has", async () => {
  const documents = createInMemoryStore().documents("payd");
  const invoices = new InvoiceRepository(documents);
  await invoices.add(proved("invoice1", txid, 10_000));
  await invoices.add(proved("invoice2", otherTxid, 50_000));
  let asked = 0;
  let goOn: () => void = () => undefined;
  const bothHaveLooked = new Promise<void>((resolve) => (goOn = resolve));
  const options: PayoutServiceOptions = {
    invoices,
    payouts: new PayoutRepository(documents),
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
