import { expect, test } from "vitest";
import type { Invoice } from "../invoice/invoice.ts";
import { recordDoubleSpend, recordFees, recordRejection, recordRevocation } from "../invoice/invoice-steps.ts";
import { invoiceIn, proof, txid } from "../test-support/invoices.ts";
import { checkoutState, type CheckoutContext } from "./checkout-state.ts";
import { checkoutWords } from "./checkout-words.ts";

const context: CheckoutContext = {
  merchant: "Shop",
  paymentUrl: "ws://p/ws/i",
  uri: "bitcoin:",
  nowMs: 5_000,
  refusal: null,
};
const fees = { standard: { miningFee: { satoshis: 50, bytes: 1_000 }, relayFee: { satoshis: 50, bytes: 1_000 } } };
const joined: Invoice = { ...invoiceIn.pending, channel: "joined" };

function shown(invoice: Invoice, changes: Partial<CheckoutContext> = {}) {
  const state = checkoutState(invoice, { ...context, ...changes });
  return { state, words: checkoutWords(state, state.nowMs) };
}

test.each<[string, Invoice, Partial<CheckoutContext>, string, RegExp]>([
  ["before a wallet asks", joined, {}, "waiting", /^Waiting for your wallet/],
  ["asked for its terms", recordFees(joined, fees), {}, "asked", /^A wallet has opened/],
  ["without its merchant", invoiceIn.pending, {}, "waiting", /^The merchant cannot be reached/],
  ["with a payment stored", invoiceIn.paymentReceived, {}, "checking", /^Checking .*Do not pay again/],
  ["checked for long", invoiceIn.paymentReceived, { nowMs: 60_000 }, "checking", /longer than usual/],
  ["broadcast", invoiceIn.broadcast, {}, "accepted", /^Payment accepted/],
  ["acknowledged", invoiceIn.paid, {}, "accepted", /^Payment accepted/],
  ["proved", invoiceIn.proved, {}, "proved", /^Paid and proved in block 500/],
  ["proved after its time", invoiceIn.proved, { nowMs: 99_000 }, "proved", /^Paid and proved/],
  ["too late", joined, { nowMs: 10_000 }, "expired", /^This request has expired.*refused/],
  ["with an expired channel", { ...joined, channel: "expired" }, {}, "expired", /expired/],
  ["closed", { ...joined, channel: "closed" }, {}, "closed", /^This request was closed/],
])("an invoice %s", (_, invoice, changes, stage, words) => {
  const { state, words: said } = shown(invoice, changes);
  expect(state.stage).toBe(stage);
  expect(`${said.headline} ${said.detail}`).toMatch(words);
});

test("a refusal is told in the merchant's words until a payment is accepted", () => {
  const refusal = { memo: "the payment is not valid: fee: too low", atMs: 4_000 };
  const { state, words } = shown(joined, { refusal });
  expect(state.refusal?.atMs).toBe(4_000);
  expect(words).toMatchObject({ tone: "bad", headline: "The last payment was refused" });
  expect(words.detail).toBe("The payment is not valid: fee: too low. You may pay again.");
  expect(shown(invoiceIn.paid, { refusal }).state.refusal).toBeNull();
});

test("a double spend puts an accepted payment in doubt, and a proof takes the doubt away", () => {
  const report = { reason: "doubleSpendAttempt", doubleSpendTxid: "cc".repeat(32), reportedAtMs: 1 } as const;
  expect(shown(recordDoubleSpend(invoiceIn.paid, txid, report)).words.tone).toBe("warn");
  expect(shown(recordDoubleSpend(invoiceIn.proved, txid, report)).words.tone).toBe("good");
  const rejection = { status: "REJECTED", code: 466, reportedAtMs: 1 };
  expect(shown(recordRejection(invoiceIn.paid, txid, rejection)).words.detail).toContain("will not mine");
});

test("a revoked proof is no block any more", () => {
  const revoked = recordRevocation(invoiceIn.proved, new Set([proof.proofKey]), 5_000, () => true);
  const { state, words } = shown(revoked);
  expect([state.stage, state.block, state.doubt]).toEqual(["accepted", null, "revoked"]);
  expect(words.detail).toContain("left the chain");
});

test("what peers wrote shows its unseen characters, and keeps its lines", () => {
  const memo = "two\nteas\u202e \u001b[2J";
  expect(shown({ ...joined, memo }, { merchant: "a\u202eb" }).state).toMatchObject({
    memo: "two\nteas\\u202e \\u001b[2J",
    merchant: "a\\u202eb",
  });
  const refusal = { memo: "no\u001b[2J", atMs: 1 };
  expect(shown(joined, { refusal }).words.detail).toContain("No\\u001b[2J");
});
