import { describe, expect, it } from "vitest";
import { endsAtMs, stateName } from "./channel.machine.ts";
import { isOverdue } from "./decide.ts";
import { conversation, decide } from "./test-support.ts";
import {
  expire,
  expiresAtMs,
  given,
  join,
  merchant,
  metadata,
  otherTxid,
  paymentTxid,
  recordProof,
  wallet,
} from "./testing.ts";

const graceUntilMs = expiresAtMs + 500;
const opening = join(merchant, { ackGraceMs: 500 });
const waiting = [opening, wallet("SubmitPayment")];
const late = { nowMs: expiresAtMs + 100 };

describe("a payment that waits for its acknowledgement at the deadline", () => {
  it("keeps the channel open until the end of the grace", () => {
    const snapshot = given(...waiting, expire());
    expect(stateName(snapshot)).toBe("awaitingLateAck");
    expect(endsAtMs(snapshot)).toBe(graceUntilMs);
    expect(isOverdue(snapshot, graceUntilMs - 1)).toBe(false);
    expect(decide(expire(graceUntilMs - 1), snapshot)).toMatchObject({ code: "DEADLINE_NOT_REACHED" });
    expect(decide(expire(graceUntilMs), snapshot)).toMatchObject({ event: { type: "ChannelExpired" } });
  });

  it.each([
    ["AcceptPayment", "awaitingProof"],
    ["RefusePayment", "awaitingPayment"],
    ["FailPayment", "awaitingPayment"],
  ] as const)("takes %s, and is over with it", (type, state) => {
    const judged = given(...waiting, expire(), wallet(type, late));
    expect(stateName(judged)).toBe(state);
    expect(isOverdue(judged, late.nowMs)).toBe(true);
    expect(stateName(given(...waiting, expire(), wallet(type, late), expire(late.nowMs)))).toBe("expired");
  });

  it("takes nothing else of a wallet", () => {
    const snapshot = given(...waiting, expire());
    const others = [
      wallet("RequestTerms", late),
      wallet("OfferTerms", late),
      wallet("RefuseTerms", late),
      wallet("SubmitPayment", { ...late, txid: otherTxid }),
    ];
    for (const command of others) expect(decide(command, snapshot)).toMatchObject({ code: "CHANNEL_EXPIRED" });
  });

  it("is found out by the acknowledgement itself when no timer came", () => {
    expect(decide(wallet("AcceptPayment", late), given(...waiting))).toEqual({ outcome: "overdue" });
  });

  it("gets no time when the grace is over by the time it is noticed", () => {
    expect(decide(expire(graceUntilMs), given(...waiting))).toMatchObject({ event: { type: "ChannelExpired" } });
  });

  it("can be extended, and then waits as before", () => {
    const command = { type: "ExtendDeadline", expiresAtMs: 20_000, metadata: metadata(expiresAtMs + 1) } as const;
    const snapshot = given(...waiting, expire(), command);
    expect([stateName(snapshot), endsAtMs(snapshot)]).toEqual(["awaitingAck", 20_000]);
  });
});

it.each([
  ["no payment waits", [opening]],
  ["its payment has its answer", [...waiting, wallet("AcceptPayment")]],
  ["no grace was agreed", [join(merchant), wallet("SubmitPayment")]],
])("a channel expires at its deadline when %s", (_, steps) => {
  expect(stateName(given(...steps, expire()))).toBe("expired");
});

it("a log with grace, late answer and late proof folds from its stored texts", () => {
  const { channel } = conversation(
    ...waiting,
    expire(),
    wallet("AcceptPayment", late),
    expire(late.nowMs),
    recordProof(paymentTxid),
  );
  expect(stateName(channel.snapshot)).toBe("expired");
  expect(channel.snapshot.context.proofs).toHaveLength(1);
});
