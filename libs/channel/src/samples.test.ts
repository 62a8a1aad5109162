import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stateName, type ChannelStateName } from "./channel.machine.ts";
import { foldStored, newChannel } from "./channel-fold.ts";
import { decodeEvent } from "./event-codec.ts";
import type { ChannelEventType } from "./events.ts";
import { evolve } from "./evolve.ts";
import { sha256Hex } from "./test-support.ts";
import { given, wayTo } from "./testing.ts";

/** Stored events of every version that was ever in use. Never change one: add the next version beside it. */
const samples = new URL("../samples/", import.meta.url);

/** A state in which each kind of event may come. The compiler asks for every kind. */
const before: Record<ChannelEventType, ChannelStateName> = {
  ChannelOpened: "unopened",
  ParticipantJoined: "awaitingTermsRequest",
  TermsRequested: "awaitingTermsRequest",
  TermsOffered: "awaitingTerms",
  TermsRefused: "awaitingTerms",
  PaymentSubmitted: "awaitingPayment",
  PaymentAccepted: "awaitingAck",
  PaymentRefused: "awaitingAck",
  PaymentFailed: "awaitingAck",
  ProofRecorded: "awaitingProof",
  DoubleSpendReported: "awaitingProof",
  TransactionRejected: "awaitingProof",
  ProofRevoked: "settled",
  DeadlineExtended: "awaitingTerms",
  AckGraceStarted: "awaitingAck",
  ChannelExpired: "settled",
  ChannelClosed: "awaitingAck",
};

describe("a stored event of each kind", () => {
  it.each(Object.entries(before))("%s still folds", (type, state) => {
    const event = decodeEvent(readFileSync(new URL(`${type}.v1.json`, samples), "utf8"), 1_000);
    expect(event.type).toBe(type);
    const snapshot = given(...wayTo[state]);
    const next = evolve(snapshot, { ...event, streamVersion: 1_000, sizeBytes: 900 });
    expect(next.context.eventCount).toBe(snapshot.context.eventCount + 1);
  });

  it("a payment of several transactions still folds", () => {
    const event = decodeEvent(readFileSync(new URL("PaymentSubmitted.v2.json", samples), "utf8"), 1_000);
    const next = evolve(given(...wayTo.awaitingPayment), { ...event, streamVersion: 1_000, sizeBytes: 900 });
    expect(next.context.attempts[0]?.payment.data.txids).toHaveLength(2);
  });

  it("has no sample of a kind that is no more", () => {
    const kinds = readdirSync(samples).flatMap((name) => /^(\w+)\.v\d+\.json$/.exec(name)?.[1] ?? []);
    expect(new Set(kinds)).toEqual(new Set(Object.keys(before)));
  });
});

describe("a stored conversation", () => {
  it.each([
    ["paid-and-proved", "expired", 9],
    ["refused-failed-then-paid", "awaitingProof", 12],
    ["extended-and-closed", "closed", 5],
  ])("%s still folds to %s, each event chained to the last one's bytes", (name, state, count) => {
    const file = readFileSync(new URL(`conversations/${name}.v1.jsonl`, samples), "utf8");
    const texts = file.trimEnd().split("\n");
    const channel = texts.reduce(
      (folded, text, index) => foldStored(folded, text, (index + 1) * 10, sha256Hex).channel,
      newChannel(),
    );
    expect(stateName(channel.snapshot)).toBe(state);
    expect(channel.snapshot.context).toMatchObject({ channelId: "inv-7Yp2", eventCount: count });
    // What an upcaster adds stands beside what was stored.
    for (const text of texts) expect(decodeEvent(text, 1)).toMatchObject(JSON.parse(text) as object);
  });
});
