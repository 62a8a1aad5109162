import { describe, expect, it } from "vitest";
import { findPayment } from "./find-payment.ts";
import { sha256Hex } from "./test-support.ts";
import { given, join, merchant, otherTxid, paymentTxid, wallet } from "./testing.ts";

const thirdTxid = "cc".repeat(32);

function pay(txids: readonly string[], body: unknown, messageId = "p1") {
  const command = wallet("SubmitPayment", { txids, body, messageId });
  if (command.type !== "SubmitPayment") throw new Error(command.type);
  return command;
}

const hybrid = pay([paymentTxid, otherTxid], { transactions: "A,B" });
const reordered = pay([otherTxid, paymentTxid], { transactions: "B,A" }, "p2");
const mended = pay([thirdTxid, otherTxid], { transactions: "C,B" }, "p2");
const completed = pay([paymentTxid, otherTxid], { transactions: "A,B", ancestry: "beef" }, "p2");
const identical = pay([paymentTxid, otherTxid], { transactions: "A,B" }, "p2");

const verdicts = {
  waiting: [],
  accepted: ["AcceptPayment"],
  refused: ["RefusePayment"],
  failed: ["FailPayment"],
} as const;

describe("findPayment: what repeats an earlier payment", () => {
  it.each([
    ["waiting", "identical", identical, true],
    ["waiting", "in another order", reordered, true],
    ["waiting", "with its ancestry", completed, true],
    ["waiting", "with another first transaction", mended, false],
    ["accepted", "identical", identical, true],
    ["accepted", "in another order", reordered, true],
    ["accepted", "with its ancestry", completed, true],
    ["accepted", "with another first transaction", mended, false],
    ["refused", "identical", identical, true],
    ["refused", "in another order", reordered, false],
    ["refused", "with its ancestry", completed, false],
    ["refused", "with another first transaction", mended, false],
    ["failed", "identical", identical, false],
    ["failed", "with its ancestry", completed, false],
  ] as const)("%s, then %s: %j", (state, _, payment, repeats) => {
    const { context } = given(join(merchant), hybrid, ...verdicts[state].map((type) => wallet(type)));
    expect(findPayment(payment, context, sha256Hex) !== null).toBe(repeats);
  });

  it.each(["waiting", "accepted", "refused"] as const)("%s: without a readable transaction the body tells", (state) => {
    const opaque = pay([], { coins: "ten" });
    const { context } = given(join(merchant), opaque, ...verdicts[state].map((type) => wallet(type)));
    expect(findPayment(pay([], { coins: "ten" }, "p2"), context, sha256Hex)?.data.message.messageId).toBe("p1");
    expect(findPayment(pay([], { coins: "eleven" }, "p2"), context, sha256Hex)).toBeNull();
  });
});
