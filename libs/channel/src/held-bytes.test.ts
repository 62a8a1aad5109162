import { expect, it } from "vitest";
import type { ChannelCommand } from "./commands.ts";
import { keptWholeBytes } from "./forget-old.ts";
import { heldBytes } from "./held-bytes.ts";
import { conversation } from "./test-support.ts";
import { join, merchant, paymentTxid, recordProof, wallet } from "./testing.ts";

const large = "x".repeat(40 * keptWholeBytes);

function held(...commands: readonly ChannelCommand[]): number {
  return heldBytes(conversation(...commands).channel.snapshot.context);
}

it("what a channel holds is what is pending, and little for all that is old", () => {
  const offers = Array.from({ length: 20 }, () => wallet("OfferTerms", { body: large }));
  const one = held(join(merchant), wallet("OfferTerms", { body: large }));
  expect(one).toBeGreaterThan(large.length);
  expect(held(join(merchant), ...offers)).toBeLessThan(1.5 * one);
});

it("a proof counts as wallets are told it, without the miner's own text", () => {
  const paid = [join(merchant), wallet("SubmitPayment"), wallet("AcceptPayment")];
  const told = held(...paid, recordProof(paymentTxid, { bodyText: large }));
  expect(told).toBeGreaterThan(large.length);
  expect(held(...paid, recordProof(paymentTxid, { raw: large }))).toBeLessThan(large.length);
});
