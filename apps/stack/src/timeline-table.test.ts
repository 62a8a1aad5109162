import { join, merchant, recordProof, paymentTxid, wallet } from "@p4/channel/testing";
import { expect, test } from "vitest";
import { timelineAfter } from "./test-support/timeline-after.ts";
import { timelineTable } from "./timeline-table.ts";

test("each event is a line: when, where in the log, who, what, and the step of the state", () => {
  const [head, ...lines] = timelineTable(
    timelineAfter(
      join(merchant),
      wallet("RequestTerms", { nowMs: 1_042 }),
      wallet("OfferTerms", { nowMs: 2_500 }),
      recordProof(paymentTxid),
    ),
  ).split("\n");
  expect(head?.trim().split(/ {2,}/)).toEqual(["after", "sequence", "from", "message", "state"]);
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["0 ms", "10", "merchant", "join", "unopened -> awaitingPaymentRequest", expect.stringContaining("until 1970")],
    ["42 ms", "20", "customer", "paymentrequest.create", "awaitingPaymentRequest -> awaitingTerms"],
    ["1500 ms", "30", "merchant", "paymentrequest.response", "awaitingTerms -> awaitingPayment"],
    ["100 ms", "40", "miner", "proof.create", "awaitingPayment", expect.stringContaining("at height 7")],
  ]);
});

test("columns line up", () => {
  const lines = timelineTable(timelineAfter(join(merchant), wallet("RequestTerms"))).split("\n");
  const columns = lines.map((line) => line.search(/from|merchant|customer/));
  expect(new Set(columns).size).toBe(1);
});

test("a channel without events has the head alone", () => {
  expect(timelineTable(timelineAfter())).toBe("after  sequence  from  message  state");
});
