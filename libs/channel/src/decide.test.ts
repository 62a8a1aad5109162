import { describe, expect, it } from "vitest";
import { channelStates, endsAtMs, stateName } from "./channel.machine.ts";
import { isOverdue } from "./decide.ts";
import { contestedMerchant } from "./decide-wallet.ts";
import { evolve } from "./evolve.ts";
import { maxRecordedJoins } from "./limits.ts";
import { decide } from "./test-support.ts";
import {
  close,
  customer,
  expire,
  expiresAtMs,
  given,
  join,
  merchant,
  metadata,
  otherTxid,
  paymentTxid,
  recordProof,
  reportDoubleSpend,
  sequenced,
  stranger,
  wallet,
  wayTo,
} from "./testing.ts";

const openStates = channelStates.filter((state) => !["unopened", "expired", "closed"].includes(state));

describe("joining", () => {
  it("opens an unknown channel, with its deadline", () => {
    const decision = decide(join(merchant), given());
    expect(decision).toMatchObject({
      outcome: "accepted",
      event: { type: "ChannelOpened", data: { channelId: "inv1", expiresAtMs, openedBy: merchant } },
    });
  });

  it("does not open it for a participant that may not", () => {
    expect(decide(join(customer, { mayOpen: false }), given())).toMatchObject({ code: "CHANNEL_UNKNOWN" });
  });

  it("records who came to an open channel", () => {
    const decision = decide(join(customer), given(join(merchant)));
    expect(decision).toMatchObject({ event: { type: "ParticipantJoined", data: { participant: customer } } });
  });

  it.each(["settled", "expired", "closed"] as const)("is served and not stored when %s", (state) => {
    expect(decide(join(customer), given(...wayTo[state]))).toEqual({ outcome: "unchanged", participant: customer });
  });

  it("bounds the number of recorded joins, but always a change of merchant", () => {
    const joins = Array.from({ length: maxRecordedJoins - 1 }, () => join(customer));
    const full = given(join(merchant), ...joins);
    expect(decide(join(customer), full)).toEqual({ outcome: "unchanged", participant: customer });
    const rival = { ...merchant, connectionId: "m3" };
    // What is not recorded is granted by the same rule.
    expect(decide(join(rival), full)).toEqual({ outcome: "unchanged", participant: { ...rival, role: null } });
    const successor = { ...merchant, connectionId: "m2" };
    expect(decide(join(successor, { merchantIsAlive: false }), full)).toMatchObject({ outcome: "accepted" });
  });

  it("seats a second explicit merchant only when the first one is gone", () => {
    const second = { ...merchant, connectionId: "m2" };
    const open = given(join(merchant));
    expect(contestedMerchant(second, "merchant", open)).toEqual(merchant);
    const alive = decide(join(second, { merchantIsAlive: true }), open);
    expect(alive).toMatchObject({ event: { data: { participant: { connectionId: "m2", role: null } } } });
    const gone = decide(join(second, { merchantIsAlive: false }), open);
    expect(gone).toMatchObject({ event: { data: { participant: second } } });
  });

  it("gives the seat to the same wallet on another connection, whether the old one lives or not", () => {
    const shop = { ...merchant, subject: "shop" };
    const open = given(join(shop));
    const back = { ...shop, connectionId: "m2" };
    expect(contestedMerchant(back, "merchant", open)).toBeNull();
    expect(decide(join(back, { merchantIsAlive: true }), open)).toMatchObject({
      event: { data: { participant: { connectionId: "m2", role: "merchant" } } },
    });
    const rival = { ...back, subject: "another" };
    expect(contestedMerchant(rival, "merchant", open)).toEqual(shop);
    expect(decide(join(rival, { merchantIsAlive: true }), open)).toMatchObject({
      event: { data: { participant: { role: null } } },
    });
  });

  it("lets an explicit merchant take the seat of an inferred one that lives", () => {
    const open = given(join(stranger), wallet("OfferTerms", { from: stranger }));
    expect(open.context.merchant).toMatchObject({ connectionId: "s1", explicit: false });
    const decision = decide(join(merchant), open);
    expect(decision).toMatchObject({ event: { data: { participant: merchant } } });
    expect(contestedMerchant(merchant, "merchant", open)).toBeNull();
  });

  it("expires an overdue channel then and there", () => {
    expect(decide(join(customer, { metadata: metadata(expiresAtMs) }), given(join(merchant)))).toEqual({
      outcome: "overdue",
    });
  });
});

describe("the merchant's role", () => {
  it("is inferred from the first merchant message", () => {
    const offered = given(join(stranger), wallet("OfferTerms", { from: stranger }));
    expect(offered.context.merchant).toEqual({ ...stranger, role: "merchant" });
  });

  it("cannot be taken by another inferred merchant while the first lives, and can afterwards", () => {
    const open = given(join(stranger), wallet("OfferTerms", { from: stranger }));
    const rival = { ...stranger, connectionId: "s2" };
    const offer = (merchantIsAlive: boolean) => wallet("OfferTerms", { from: rival, merchantIsAlive });
    expect(decide(offer(true), open)).toMatchObject({ code: "ROLE_TAKEN" });
    expect(decide(offer(false), open)).toMatchObject({ outcome: "accepted" });
  });

  it("stops an acknowledgement that another wallet forges", () => {
    const paid = given(...wayTo.awaitingAck);
    const forger = { ...merchant, connectionId: "forger" };
    expect(decide(wallet("AcceptPayment", { from: forger }), paid)).toMatchObject({ code: "ROLE_TAKEN" });
    expect(decide(wallet("AcceptPayment", { from: customer }), paid)).toMatchObject({ code: "ROLE_FORBIDDEN" });
  });
});

describe("duplicates", () => {
  it("answers a repeated messageId with what was answered before, and stores nothing", () => {
    const payment = wallet("SubmitPayment");
    const paid = given(join(merchant), payment, wallet("AcceptPayment", { messageId: "the-ack" }));
    const again = decide(payment, paid);
    expect(again).toMatchObject({
      outcome: "duplicate",
      replies: [{ kind: "relayed", event: { type: "PaymentAccepted", data: { message: { messageId: "the-ack" } } } }],
    });
  });

  it("knows the same transaction under another messageId, from another connection", () => {
    const paid = given(join(merchant), wallet("SubmitPayment"), wallet("AcceptPayment"));
    const retry = wallet("SubmitPayment", { from: { ...customer, connectionId: "c2" } });
    expect(decide(retry, paid)).toMatchObject({ outcome: "duplicate", replies: [{ kind: "relayed" }] });
  });

  it("a refused transaction stays refused; one whose check failed may be tried again", () => {
    const refused = given(join(merchant), wallet("SubmitPayment"), wallet("RefusePayment"));
    expect(decide(wallet("SubmitPayment"), refused)).toMatchObject({
      outcome: "duplicate",
      replies: [{ event: { type: "PaymentRefused" } }],
    });
    const failed = given(join(merchant), wallet("SubmitPayment"), wallet("FailPayment"));
    expect(decide(wallet("SubmitPayment"), failed)).toMatchObject({ outcome: "accepted" });
  });

  it("has no reply yet while the first payment is being checked", () => {
    const waiting = given(...wayTo.awaitingAck);
    expect(decide(wallet("SubmitPayment"), waiting)).toMatchObject({ outcome: "duplicate", replies: [] });
  });

  it("are answered after the channel's end as well; what is new is not", () => {
    const payment = wallet("SubmitPayment");
    const ended = given(join(merchant), payment, wallet("AcceptPayment"), expire());
    expect(decide(payment, ended)).toMatchObject({
      outcome: "duplicate",
      replies: [{ event: { type: "PaymentAccepted" } }],
    });
    expect(decide(wallet("SubmitPayment", { txid: otherTxid }), ended)).toMatchObject({ code: "CHANNEL_EXPIRED" });
  });

  it("payments without a readable transaction are told apart by their body", () => {
    const open = given(join(merchant), wallet("SubmitPayment", { txid: null, body: 1 }), wallet("RefusePayment"));
    expect(decide(wallet("SubmitPayment", { txid: null, body: 2 }), open)).toMatchObject({ outcome: "accepted" });
    expect(decide(wallet("SubmitPayment", { txid: null, body: 1 }), open)).toMatchObject({ outcome: "duplicate" });
  });

  it("does not let the customer use up the merchant's message ids", () => {
    const open = given(join(merchant), wallet("RequestTerms", { messageId: "x" }));
    expect(decide(wallet("OfferTerms", { messageId: "x" }), open)).toMatchObject({ outcome: "accepted" });
  });

  it("refuses a messageId that named another message", () => {
    const open = given(join(merchant), wallet("RequestTerms", { messageId: "x" }));
    expect(decide(wallet("SubmitPayment", { messageId: "x" }), open)).toMatchObject({ code: "MESSAGE_ID_REUSED" });
  });
});

describe("proofs", () => {
  it.each(openStates)("are accepted in %s", (state) => {
    expect(decide(recordProof(otherTxid), given(...wayTo[state as "settled"]))).toMatchObject({ outcome: "accepted" });
  });

  it("only the payment's own settles", () => {
    const other = given(...wayTo.awaitingProof, recordProof(otherTxid));
    expect(stateName(other)).toBe("awaitingProof");
    expect(stateName(given(...wayTo.awaitingProof, recordProof(paymentTxid)))).toBe("settled");
  });

  it("one that overtook the acknowledgement settles with it", () => {
    const early = given(...wayTo.awaitingAck, recordProof(paymentTxid));
    expect(stateName(early)).toBe("awaitingAck");
    expect(stateName(given(...wayTo.awaitingAck, recordProof(paymentTxid), wallet("AcceptPayment")))).toBe("settled");
  });

  it("the same proof twice is stored once; another block's is a new one; so is a status that grew", () => {
    const settled = given(...wayTo.settled);
    expect(decide(recordProof(paymentTxid), settled)).toMatchObject({ outcome: "duplicate" });
    const reorg = recordProof(paymentTxid, { blockHash: "ee".repeat(32), merkleRoot: "ff".repeat(32) });
    expect(decide(reorg, settled)).toMatchObject({ outcome: "accepted" });
    const received = given(...wayTo.awaitingProof, recordProof(paymentTxid, { status: "received" }));
    expect(decide(recordProof(paymentTxid), received)).toMatchObject({ outcome: "accepted" });
    expect(decide(recordProof(paymentTxid, { status: "received" }), settled)).toMatchObject({ outcome: "duplicate" });
  });

  it("and notices are refused at the end", () => {
    expect(decide(recordProof(paymentTxid), given(...wayTo.expired))).toMatchObject({ code: "CHANNEL_EXPIRED" });
    expect(decide(reportDoubleSpend(paymentTxid), given(...wayTo.closed))).toMatchObject({ code: "CHANNEL_CLOSED" });
    expect(decide(recordProof(paymentTxid), given())).toMatchObject({ code: "CHANNEL_UNKNOWN" });
  });

  it("the same double spend is reported once", () => {
    const told = given(...wayTo.awaitingAck, reportDoubleSpend(paymentTxid));
    expect(decide(reportDoubleSpend(paymentTxid), told)).toMatchObject({ outcome: "duplicate" });
    const other = reportDoubleSpend(paymentTxid, { competingTxids: ["ee".repeat(32)] });
    expect(decide(other, told)).toMatchObject({ outcome: "accepted" });
  });
});

describe("deadline and end", () => {
  it.each(openStates)("%s expires at its end, not before, once", (state) => {
    const open = given(...wayTo[state as "settled"]);
    const endMs = endsAtMs(open);
    expect(isOverdue(open, endMs - 1)).toBe(false);
    expect(isOverdue(open, endMs)).toBe(true);
    expect(decide(expire(endMs - 1), open)).toMatchObject({ code: "DEADLINE_NOT_REACHED" });
    const expired = given(...wayTo[state as "settled"], expire(endMs));
    expect(stateName(expired)).toBe("expired");
    expect(decide(expire(), expired)).toEqual({ outcome: "unchanged" });
  });

  it("can be moved to a later time only", () => {
    const extend = (toMs: number) => ({ type: "ExtendDeadline", expiresAtMs: toMs, metadata: metadata() }) as const;
    expect(decide(extend(expiresAtMs), given(join(merchant)))).toMatchObject({ code: "DEADLINE_NOT_LATER" });
    const extended = given(join(merchant), extend(expiresAtMs + 5));
    expect(isOverdue(extended, expiresAtMs)).toBe(false);
    expect(isOverdue(extended, expiresAtMs + 5)).toBe(true);
    expect(decide(extend(expiresAtMs + 9), given(...wayTo.closed))).toMatchObject({ code: "CHANNEL_CLOSED" });
  });

  it("closing twice is one closing", () => {
    expect(decide(close(), given(...wayTo.closed))).toEqual({ outcome: "unchanged" });
    expect(decide(close(), given(...wayTo.expired))).toEqual({ outcome: "unchanged" });
  });
});

describe("evolve", () => {
  it.each(channelStates)("refuses a fact that %s cannot follow", (state) => {
    const snapshot = given(...wayTo[state]);
    const opened = sequenced({ ...eventOf(decide(join(merchant), given())) }, 99);
    if (state === "unopened") expect(stateName(evolve(snapshot, opened))).toBe("awaitingTermsRequest");
    else expect(() => evolve(snapshot, opened)).toThrowError(expect.objectContaining({ code: "LOG_DOES_NOT_FOLD" }));
  });
});

function eventOf(decision: ReturnType<typeof decide>) {
  if (decision.outcome !== "accepted") throw new Error(decision.outcome);
  return decision.event;
}
