import { describe, expect, it } from "vitest";
import type { ChannelStateName } from "./channel.machine.ts";
import type { ChannelCommand } from "./commands.ts";
import { stuckForMs, summarize, summarizeDamaged, waitsFor } from "./channel-summary.ts";
import { stateHash } from "./state-hash.ts";
import { sha256Hex } from "./test-support.ts";
import {
  customer,
  expiresAtMs,
  given,
  join,
  merchant,
  metadata,
  otherTxid,
  paymentTxid,
  recordProof,
  wallet,
  wayTo,
} from "./testing.ts";

const channelOf = (...commands: readonly ChannelCommand[]) => ({
  snapshot: given(...commands),
  streamVersion: 7,
  headHash: "",
});
const summaryOf = (state: ChannelStateName) => summarize(channelOf(...wayTo[state]));

describe("a channel's summary", () => {
  it("tells what operators search by", () => {
    const channel = channelOf(
      join(merchant),
      wallet("OfferTerms"),
      wallet("SubmitPayment", { txid: otherTxid }),
      wallet("RefusePayment"),
      wallet("SubmitPayment", { txid: paymentTxid }),
    );
    expect(summarize(channel)).toMatchObject({
      channelId: "inv1",
      state: "awaitingAck",
      fault: null,
      streamVersion: 7,
      events: 5,
      expiresAtMs,
      txids: [otherTxid, paymentTxid],
    });
  });

  it.each([
    ["awaitingTermsRequest", "customer"],
    ["awaitingTerms", "merchant"],
    ["awaitingPayment", "customer"],
    ["awaitingAck", "merchant"],
    ["awaitingProof", "miner"],
    ["settled", null],
    ["expired", null],
  ] as const)("in %s waits for %s", (state, who) => {
    expect(waitsFor(summaryOf(state).state)).toBe(who);
  });

  it("counts from the last message while a step is due, and from the deadline when it is over", () => {
    const waiting = summaryOf("awaitingAck");
    expect(stuckForMs(waiting, waiting.waitingSinceMs + 500)).toBe(500);
    const settled = summaryOf("settled");
    expect(stuckForMs(settled, expiresAtMs - 1)).toBe(0);
    expect(stuckForMs(settled, expiresAtMs + 20)).toBe(20);
    expect(stuckForMs(summaryOf("expired"), expiresAtMs + 20)).toBe(0);
    expect(stuckForMs(summarizeDamaged("inv1", 7, "torn"), expiresAtMs + 20)).toBe(0);
  });
});

describe("a wait", () => {
  it("is made no younger by a wallet that joins again, nor by a longer deadline", () => {
    const asked = wallet("RequestTerms", { nowMs: 2_000 });
    const later = join(customer, { metadata: metadata(6_000) });
    const summary = summarize(channelOf(join(merchant), asked, later));
    expect(summary.lastEventAtMs).toBe(6_000);
    expect(stuckForMs(summary, 7_000)).toBe(5_000);
  });
});

describe("a state's hash", () => {
  const hashAfter = (...commands: readonly ChannelCommand[]): string => stateHash(channelOf(...commands), sha256Hex);
  const opening = join(merchant);
  const [terms, payment, ack] = [wallet("OfferTerms"), wallet("SubmitPayment"), wallet("AcceptPayment")];

  it("is the same for the same way", () => {
    expect(hashAfter(opening, terms, payment)).toBe(hashAfter(opening, terms, payment));
  });

  it("differs with the state, and with what was decided in the same state", () => {
    const hashes = [
      hashAfter(opening, terms),
      hashAfter(opening, terms, payment),
      hashAfter(opening, terms, payment, ack),
      hashAfter(opening, terms, payment, ack, recordProof(otherTxid)),
      hashAfter(opening, terms, payment, ack, recordProof(paymentTxid)),
      hashAfter(opening, terms, payment, wallet("RefusePayment")),
      hashAfter(opening, terms, payment, wallet("FailPayment")),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
