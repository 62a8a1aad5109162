import { expect, test } from "vitest";
import { invoiceIn, otherTxid, txid } from "../test-support/invoices.ts";
import { recordRefusedBroadcast } from "./invoice-steps.ts";
import type { Invoice } from "./invoice.ts";
import { judgePayment, type PaymentJudgement } from "./judge-payment.ts";

const refusedOnce = recordRefusedBroadcast(invoiceIn.paymentReceived, txid, "conflict");

test.each<[string, Invoice, string, number, PaymentJudgement]>([
  ["a first payment is checked", invoiceIn.pending, txid, 9_999, { kind: "verify" }],
  ["after the expiry it is refused", invoiceIn.pending, txid, 10_000, { kind: "refused", code: "INVOICE_EXPIRED" }],
  ["the same one, stored, is broadcast", invoiceIn.paymentReceived, txid, 5_000, { kind: "broadcast" }],
  ["stored in time, it may be late", invoiceIn.paymentReceived, txid, 99_999, { kind: "broadcast" }],
  ["another one has to wait", invoiceIn.paymentReceived, otherTxid, 5_000, { kind: "busy" }],
  ["the same one, broadcast, is accepted", invoiceIn.broadcast, txid, 99_999, { kind: "accepted" }],
  ["the same one, paid, is accepted", invoiceIn.paid, txid, 99_999, { kind: "accepted" }],
  ["the same one, proved, is accepted", invoiceIn.proved, txid, 99_999, { kind: "accepted" }],
  ["another one is too late", invoiceIn.broadcast, otherTxid, 5_000, { kind: "refused", code: "INVOICE_PAID" }],
  [
    "what the miner refused stays refused",
    refusedOnce,
    txid,
    99_999,
    { kind: "refused", code: "MINER_REFUSED", memo: "conflict" },
  ],
  ["another one may follow it", refusedOnce, otherTxid, 5_000, { kind: "verify" }],
])("%s", (_name, invoice, paymentTxid, nowMs, expected) => {
  expect(judgePayment(invoice, paymentTxid, nowMs)).toEqual(expected);
});
