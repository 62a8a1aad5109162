import type { ChannelCommand } from "@p4/channel";
import { customer, expire, join, merchant, otherTxid, paymentTxid, recordProof, wallet } from "@p4/channel/testing";
import { expect, test } from "vitest";
import { missingFromDemo } from "./check-demo.ts";
import { timelineAfter } from "./test-support/timeline-after.ts";

const steps = {
  merchantJoins: join(merchant),
  customerJoins: join(customer),
  request: wallet("RequestTerms"),
  terms: wallet("OfferTerms"),
  payment: wallet("SubmitPayment"),
  ack: wallet("AcceptPayment"),
  proof: recordProof(paymentTxid),
  end: expire(),
} satisfies Record<string, ChannelCommand>;

type Step = keyof typeof steps;

const missingAfter = (...names: readonly Step[]) => missingFromDemo(timelineAfter(...names.map((name) => steps[name])));

const all = Object.keys(steps) as Step[];

test("nothing is missing from the whole payment, also when the proof overtakes the acknowledgement", () => {
  expect(missingAfter(...all)).toBeNull();
  const overtaken: Step[] = ["merchantJoins", "customerJoins", "request", "terms", "payment", "proof", "ack", "end"];
  expect(missingAfter(...overtaken)).toBeNull();
});

test.each([
  ["customerJoins", "join"],
  ["request", "paymentrequest.create"],
  ["terms", "paymentrequest.response"],
  ["ack", "payment.ack"],
  ["proof", "proof.create"],
  ["end", "channel.expired"],
] as const)("without %s, %s is missing", (left, missing) => {
  expect(missingAfter(...all.filter((name) => name !== left))).toBe(missing);
});

test("a refusal is no acknowledgement, and a proof of an unknown block is no proof", () => {
  const before = [steps.merchantJoins, steps.customerJoins, steps.request, steps.terms, steps.payment];
  expect(missingFromDemo(timelineAfter(...before, wallet("RefusePayment"), steps.end))).toBe("payment.ack");
  const unknown = recordProof(otherTxid, { status: "received" });
  expect(missingFromDemo(timelineAfter(...before, steps.ack, unknown, steps.end))).toBe("proof.create");
});
