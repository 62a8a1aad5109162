import { encodeDocument } from "@p4/event-store";
import { describe, expect, test } from "vitest";
import { invoiceIn, otherTxid, proof, txid } from "../test-support/invoices.ts";
import { decodeInvoice } from "./invoice-codec.ts";
import {
  recordBroadcast,
  recordCancelled,
  recordChannel,
  recordDoubleSpend,
  recordExpired,
  recordFees,
  recordPaid,
  recordPayment,
  recordProof,
  recordRefusedBroadcast,
  recordRejection,
  recordRevocation,
} from "./invoice-steps.ts";
import { needsChannel, statusOf, type Invoice, type InvoiceState } from "./invoice.ts";
import { judgePayment } from "./judge-payment.ts";

type Step = (invoice: Invoice) => Invoice;

const steps: Readonly<Record<string, Step>> = {
  payment: (invoice) => recordPayment(invoice, txid, 2_000),
  broadcast: (invoice) => recordBroadcast(invoice, txid),
  refusal: (invoice) => recordRefusedBroadcast(invoice, txid, "txn-mempool-conflict"),
  ack: (invoice) => recordPaid(invoice, txid),
  proof: (invoice) => recordProof(invoice, txid, proof, true),
  cancel: (invoice) => recordCancelled(invoice, 2_500),
};

/** Every state and every step; "=" means that the very same invoice comes back, and nothing is written. */
const table: readonly [InvoiceState, keyof typeof steps, InvoiceState | "="][] = [
  ["pending", "payment", "paymentReceived"],
  ["pending", "broadcast", "="],
  ["pending", "refusal", "="],
  ["pending", "ack", "="],
  ["pending", "proof", "="],
  ["paymentReceived", "payment", "="],
  ["paymentReceived", "broadcast", "broadcast"],
  ["paymentReceived", "refusal", "pending"],
  ["paymentReceived", "ack", "="],
  ["paymentReceived", "proof", "proved"],
  ["broadcast", "payment", "="],
  ["broadcast", "broadcast", "="],
  ["broadcast", "refusal", "="],
  ["broadcast", "ack", "paid"],
  ["broadcast", "proof", "proved"],
  ["paid", "payment", "="],
  ["paid", "broadcast", "="],
  ["paid", "refusal", "="],
  ["paid", "ack", "="],
  ["paid", "proof", "proved"],
  ["proved", "payment", "="],
  ["proved", "broadcast", "="],
  ["proved", "refusal", "="],
  ["proved", "ack", "="],
  ["proved", "proof", "="],
  ["cancelled", "payment", "="],
  ["cancelled", "broadcast", "="],
  ["cancelled", "refusal", "="],
  ["cancelled", "ack", "="],
  ["cancelled", "proof", "="],
  ["pending", "cancel", "cancelled"],
  ["paymentReceived", "cancel", "="],
  ["broadcast", "cancel", "="],
  ["paid", "cancel", "="],
  ["proved", "cancel", "="],
  ["cancelled", "cancel", "="],
];

describe("the channel of an invoice", () => {
  test.each(["expired", "closed"] as const)("is joined, then %s; what is noted late changes nothing", (end) => {
    const joined = recordChannel(invoiceIn.pending, "joined");
    expect(joined.channel).toBe("joined");
    expect(recordChannel(joined, "joined")).toBe(joined);
    const ended = recordChannel(joined, end);
    expect(ended.channel).toBe(end);
    for (const late of ["joined", "expired", "closed"] as const) expect(recordChannel(ended, late)).toBe(ended);
  });

  test("that an earlier version noted as ended stays so", () => {
    const ended: Invoice = { ...invoiceIn.pending, channel: "ended" };
    for (const late of ["joined", "expired", "closed"] as const) expect(recordChannel(ended, late)).toBe(ended);
  });
});

describe("steps of an invoice", () => {
  test.each(table)("given %s, when %s, then %s", (given, when, then) => {
    const before = invoiceIn[given];
    const after = steps[when]?.(before);
    if (then === "=") expect(after).toBe(before);
    else expect(after?.state).toBe(then);
  });

  test.each(["broadcast", "refusal", "ack", "proof"])("%s of another transaction changes nothing", (name) => {
    for (const given of Object.values(invoiceIn)) {
      const foreign = given.payment === null ? given : { ...given, payment: { txid: otherTxid, receivedAtMs: 1 } };
      expect(steps[name]?.(foreign)).toBe(foreign);
    }
  });

  test("each state survives being stored", () => {
    for (const invoice of Object.values(invoiceIn))
      expect(decodeInvoice({ bytes: encodeDocument(invoice) })).toEqual(invoice);
  });

  test("what a newer wallet stored is not read", () => {
    const bytes = encodeDocument({ ...invoiceIn.pending, version: 2 });
    expect(() => decodeInvoice({ bytes })).toThrow("stored as version 2");
  });

  test("a refused transaction is remembered and leaves room for another", () => {
    const after = recordRefusedBroadcast(invoiceIn.paymentReceived, txid, "conflict");
    expect(after).toMatchObject({ payment: null, refused: [{ txid, memo: "conflict" }] });
    expect(recordPayment(after, otherTxid, 4_000).payment?.txid).toBe(otherTxid);
  });

  test("one that the shop was told has expired takes no payment, whatever the clock says then", () => {
    const expired = recordExpired(invoiceIn.pending, invoiceIn.pending.expiresAtMs);
    expect(recordPayment(expired, txid, 2_000)).toBe(expired);
    expect(judgePayment(expired, txid, 2_000)).toEqual({ kind: "refused", code: "INVOICE_EXPIRED" });
    expect(statusOf(expired, 2_000)).toBe("expired");
    // One whose check outlasts the time, which was told to no shop, has come in time.
    expect(recordPayment(invoiceIn.pending, txid, invoiceIn.pending.expiresAtMs).state).toBe("paymentReceived");
  });

  test("the fees first promised stay", () => {
    const rate = (satoshis: number) => ({ standard: { miningFee: { satoshis, bytes: 1000 } } });
    const promised = recordFees(invoiceIn.pending, rate(50));
    expect(recordFees(promised, rate(500))).toBe(promised);
  });

  test("a proof in doubt is kept and settles nothing; confirmed later it does, under the same key", () => {
    const doubtful = recordProof(invoiceIn.paid, txid, { ...proof, headerConfirmed: false }, false);
    expect(doubtful).toMatchObject({ state: "paid", proofs: [{ headerConfirmed: false }] });
    const confirmed = recordProof(doubtful, txid, { ...proof, receivedAtMs: 9_000 }, true);
    expect(confirmed).toMatchObject({ state: "proved", proofs: [{ headerConfirmed: true, receivedAtMs: 3_000 }] });
    expect(confirmed.proofs).toHaveLength(1);
  });

  test("a revoked proof settles no longer, unless another one stands", () => {
    const settles = () => true;
    const one = recordProof(invoiceIn.paid, txid, proof, true);
    const key = new Set([proof.proofKey]);
    expect(recordRevocation(one, new Set(["proof.other"]), 5_000, settles)).toBe(one);
    const revoked = recordRevocation(one, key, 5_000, settles);
    expect(revoked).toMatchObject({ state: "paid", proofs: [{ revokedAtMs: 5_000 }] });
    expect(recordRevocation(revoked, key, 6_000, settles)).toBe(revoked);
    const back = recordProof(revoked, txid, proof, true);
    expect(back).toMatchObject({ state: "proved" });
    expect(back.proofs[0]).not.toHaveProperty("revokedAtMs");
    const two = recordProof(one, txid, { ...proof, proofKey: "proof.invoice1.other" }, true);
    expect(recordRevocation(two, key, 5_000, settles).state).toBe("proved");
    expect(recordRevocation(two, key, 5_000, () => false).state).toBe("paid");
  });

  test("rejections are kept once each, for the invoice's own transaction", () => {
    const report = { status: "REJECTED", code: 466, reportedAtMs: 1 };
    const told = recordRejection(invoiceIn.paid, txid, report);
    expect(told).toMatchObject({ state: "paid", rejections: [report] });
    expect(recordRejection(told, txid, { ...report, reportedAtMs: 2 })).toBe(told);
    expect(recordRejection(told, "ab".repeat(32), { ...report, code: 1 })).toBe(told);
  });

  test("proofs and double spend reports are bounded", () => {
    let invoice = invoiceIn.paid;
    for (let i = 0; i < 100; i++) {
      invoice = recordProof(invoice, txid, { ...proof, proofKey: `proof.invoice1.${i}` }, true);
      invoice = recordDoubleSpend(invoice, txid, {
        reason: "doubleSpend",
        doubleSpendTxid: String(i),
        reportedAtMs: i,
      });
    }
    expect(invoice.proofs).toHaveLength(32);
    expect(invoice.proofs.at(-1)?.proofKey).toBe("proof.invoice1.99");
    expect(invoice.doubleSpends).toHaveLength(32);
  });
});

describe("needsChannel", () => {
  const joined = (state: InvoiceState, channel: Invoice["channel"] = "joined"): Invoice => ({
    ...invoiceIn[state],
    channel,
  });

  test.each<[string, Invoice, number, boolean]>([
    ["never connected", joined("pending", "none"), 5_000, false],
    ["pending", joined("pending"), 5_000, true],
    ["pending, expired", joined("pending"), 10_000, false],
    ["payment received, expired", joined("paymentReceived"), 10_000, true],
    ["paid, waiting for its proof", joined("paid"), 10_000, true],
    ["proved: another block may still replace it", joined("proved"), 10_000, true],
    ["channel has expired", joined("paid", "ended"), 5_000, false],
  ])("%s", (_name, invoice, nowMs, expected) => {
    expect(needsChannel(invoice, nowMs)).toBe(expected);
  });
});
