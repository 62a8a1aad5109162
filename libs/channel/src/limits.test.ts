import { describe, expect, it } from "vitest";
import type { ChannelSnapshot } from "./channel.machine.ts";
import type { ChannelCommand } from "./commands.ts";
import { evolve } from "./evolve.ts";
import { decide } from "./test-support.ts";
import {
  close,
  customer,
  expire,
  given,
  join,
  merchant,
  otherTxid,
  paymentTxid,
  recordProof,
  reportDoubleSpend,
  reportRejection,
  sequenced,
  wallet,
} from "./testing.ts";

const maxLogBytes = 100_000;
const opening = join(merchant, { maxLogBytes });
const large = "x".repeat(5_000);
const other = { ...customer, connectionId: "c2" };
const third = { ...customer, connectionId: "c3" };

/** Sends until the channel takes no more. */
function fill(
  snapshot: ChannelSnapshot,
  next: (index: number) => ChannelCommand,
): { full: ChannelSnapshot; taken: number } {
  let full = snapshot;
  for (let index = 0; index < 5_000; index++) {
    const decision = decide(next(index), full);
    if (decision.outcome !== "accepted") {
      if (decision.outcome !== "unchanged") expect(decision).toMatchObject({ code: "CHANNEL_FULL" });
      return { full, taken: index };
    }
    full = evolve(full, sequenced(decision.event, full.context.eventCount + 100));
  }
  throw new Error("there is no bound");
}

const txidOf = (index: number): string => index.toString(16).padStart(64, "0");
const ask = (from = customer, body: unknown = "") => wallet("RequestTerms", { from, body });

describe("a channel's room", () => {
  it("is bounded in bytes: the last message may exceed it by its own size", () => {
    const parties = [customer, other, third];
    const { full } = fill(given(opening), (index) => ask(parties[index % 3], large));
    expect(full.context.logBytes).toBeLessThan(maxLogBytes / 2 + 6_000);
  });

  it.each([
    ["small requests", ""],
    ["large requests", large],
  ])("has a share for one customer, whose %s leave room for another", (_, body) => {
    const { full } = fill(given(opening), () => ask(customer, body));
    expect(decide(ask(other), full)).toMatchObject({ outcome: "accepted" });
    const payment = wallet("SubmitPayment", { from: other, body });
    expect(decide(payment, full)).toMatchObject({ outcome: "accepted" });
  });

  it("is one share for all connections of one wallet", () => {
    const named = (connectionId: string) => ({ ...customer, connectionId, subject: "w1" });
    const { full } = fill(given(opening), (index) => ask(named(`c${String(index)}`)));
    expect(decide(ask(named("c-new")), full)).toMatchObject({ code: "CHANNEL_FULL" });
    expect(decide(ask(other), full)).toMatchObject({ outcome: "accepted" });
  });

  it("always has room for the answer to a stored question, the proof, and the end", () => {
    let snapshot = given(opening, wallet("SubmitPayment", { from: other }));
    for (const party of [customer, third, { ...customer, connectionId: "c4" }]) {
      snapshot = fill(snapshot, (index) =>
        reportDoubleSpend(paymentTxid, {
          competingTxids: [txidOf(1_000 * party.connectionId.charCodeAt(1) + index)],
          raw: large,
        }),
      ).full;
      expect(decide(ask(party), snapshot)).toMatchObject({ code: "ILLEGAL_STEP" });
    }
    snapshot = fill(snapshot, (index) => recordProof(txidOf(index), { raw: large })).full;
    for (const type of ["AcceptPayment", "RefusePayment", "FailPayment"] as const) {
      expect(decide(wallet(type, { body: large }), snapshot)).toMatchObject({ outcome: "accepted" });
    }
    const accepted = decide(wallet("AcceptPayment"), snapshot);
    if (accepted.outcome !== "accepted") throw new Error(accepted.outcome);
    const paid = evolve(snapshot, sequenced(accepted.event, 9_000));
    expect(decide(recordProof(paymentTxid), paid)).toMatchObject({ outcome: "accepted" });
    expect(decide(expire(), paid)).toMatchObject({ outcome: "accepted" });
    expect(decide(close(), paid)).toMatchObject({ outcome: "accepted" });
  });

  it("always has room for terms that were asked for", () => {
    const { full } = fill(given(opening), () => wallet("OfferTerms", { body: large }));
    const asked = decide(ask(), full);
    if (asked.outcome !== "accepted") throw new Error(asked.outcome);
    const waiting = evolve(full, sequenced(asked.event, 9_000));
    expect(decide(wallet("OfferTerms", { body: large }), waiting)).toMatchObject({ outcome: "accepted" });
  });

  it.each([
    ["made-up proofs of one transaction", (index: number) => recordProof(otherTxid, { merkleRoot: txidOf(index) })],
    ["notices of double spends", (index: number) => reportDoubleSpend(txidOf(index))],
    ["large notices", (index: number) => reportDoubleSpend(otherTxid, { raw: large, competingTxids: [txidOf(index)] })],
    ["rejections", (index: number) => reportRejection(paymentTxid, { detail: `because ${String(index)}` })],
  ])("is not used up by %s", (_, news) => {
    const paying = given(opening, wallet("SubmitPayment"));
    const { full, taken } = fill(paying, news);
    expect(taken).toBeGreaterThan(0);
    expect(full.context.logBytes).toBeLessThan(maxLogBytes * 0.75);
    expect(decide(wallet("AcceptPayment"), full)).toMatchObject({ outcome: "accepted" });
  });

  it("leaves the transactions that it has not seen alone, beyond a few", () => {
    const { full, taken } = fill(given(opening, wallet("SubmitPayment")), (index) => recordProof(txidOf(index)));
    expect(taken).toBe(16);
    expect(decide(recordProof(otherTxid), full)).toEqual({ outcome: "unchanged" });
    expect(decide(recordProof(paymentTxid), full)).toMatchObject({ outcome: "accepted" });
  });

  it("takes a verified proof of the accepted payment beside any number of made-up ones", () => {
    const paid = given(opening, wallet("SubmitPayment"), wallet("AcceptPayment"));
    const { full } = fill(paid, (index) =>
      recordProof(paymentTxid, { status: "received", awaitsHeader: true, merkleRoot: txidOf(index), raw: large }),
    );
    expect(decide(recordProof(paymentTxid), full)).toMatchObject({ outcome: "accepted" });
  });
});

describe("one connection that has not said what it is", () => {
  const unnamed = { ...customer, connectionId: "u1", role: null, explicit: false } as const;

  it("is what it first speaks as, in one burst as well", () => {
    const paid = given(join(unnamed), wallet("SubmitPayment", { from: unnamed }));
    expect(decide(wallet("AcceptPayment", { from: unnamed }), paid)).toMatchObject({ code: "ROLE_FORBIDDEN" });
  });
});
