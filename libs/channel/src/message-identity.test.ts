import { describe, expect, it } from "vitest";
import { decide } from "./test-support.ts";
import { customer, given, join, merchant, otherTxid, paymentTxid, wallet, type WalletOverrides } from "./testing.ts";

const other = { ...customer, connectionId: "c2" };
const restarted = { ...merchant, connectionId: "m2" };

function pay(overrides: WalletOverrides) {
  return wallet("SubmitPayment", { messageId: "1", body: "first", ...overrides });
}

/** A channel on which payment `1` of the customer was refused. */
const refused = given(join(merchant), pay({}), wallet("RefusePayment", { messageId: "no" }));

describe("the same messageId", () => {
  it.each([
    ["the same connection", customer],
    ["another connection", other],
  ])("and the same content, from %s, gets the stored outcome", (_, from) => {
    expect(decide(pay({ from }), refused)).toMatchObject({
      outcome: "duplicate",
      replies: [{ event: { data: { message: { messageId: "no" } } } }],
    });
  });

  it("and another body is a misuse of the id, and never gets the old outcome", () => {
    const reused = pay({ txid: otherTxid, body: "second" });
    expect(decide(reused, refused)).toMatchObject({
      code: "MESSAGE_ID_REUSED",
      detail: "messageId 1 was another payment",
    });
  });

  it("and another key as well", () => {
    expect(decide(wallet("RequestTerms", { messageId: "1" }), refused)).toMatchObject({
      code: "MESSAGE_ID_REUSED",
      detail: "messageId 1 was a payment",
    });
  });

  it("of another customer does not stand in the way", () => {
    const theirs = pay({ from: other, txid: otherTxid, body: "second" });
    expect(decide(theirs, refused)).toMatchObject({ outcome: "accepted" });
  });

  it("is told apart for each customer from then on", () => {
    const theirs = pay({ from: other, txid: otherTxid, body: "second" });
    const both = given(
      join(merchant),
      pay({}),
      wallet("RefusePayment"),
      theirs,
      wallet("AcceptPayment", { messageId: "yes" }),
    );
    expect(decide(pay({ from: other, txid: otherTxid, body: "second" }), both)).toMatchObject({
      replies: [{ event: { data: { message: { messageId: "yes" } } } }],
    });
    expect(decide(pay({}), both)).toMatchObject({ replies: [{ event: { type: "PaymentRefused" } }] });
    expect(decide(pay({ txid: "cc".repeat(32), body: "third" }), both)).toMatchObject({ code: "MESSAGE_ID_REUSED" });
  });

  it("under a new wrapper is the same message", () => {
    const first = pay({});
    const again = {
      ...first,
      message: { ...first.message, raw: first.message.raw.replace("{", '{"timestamp":"2026-01-15T10:00:00Z",') },
    };
    expect(decide(again, refused)).toMatchObject({ outcome: "duplicate" });
  });
});

describe("a merchant's answer under a used id", () => {
  const ack = (overrides: WalletOverrides) => wallet("AcceptPayment", { messageId: "1", body: "thanks", ...overrides });
  const second = given(
    join(merchant),
    pay({ messageId: "a" }),
    wallet("RefusePayment", { messageId: "1", correlationId: "a", body: "no" }),
    pay({ messageId: "b", txid: otherTxid, body: "second" }),
  );

  it("is refused when the same connection has said something else under it", () => {
    expect(decide(ack({ correlationId: "b" }), second)).toMatchObject({ code: "MESSAGE_ID_REUSED" });
  });

  it("counts when the merchant has been restarted, and counts again from one", () => {
    const back = decide(ack({ from: restarted, merchantIsAlive: false, correlationId: "b" }), second);
    expect(back).toMatchObject({ outcome: "accepted", event: { type: "PaymentAccepted" } });
  });

  it.each(["AcceptPayment", "RefusePayment", "FailPayment"] as const)(
    "%s never counts for another payment than the one it names",
    (type) => {
      const late = wallet(type, { correlationId: "a" });
      expect(decide(late, second)).toMatchObject({ code: "ILLEGAL_STEP" });
      expect(decide(wallet(type, { correlationId: "b" }), second)).toMatchObject({ outcome: "accepted" });
      expect(decide(wallet(type, { correlationId: "the-merchant's-own" }), second)).toMatchObject({
        outcome: "accepted",
      });
    },
  );
});

it("a payment with the same transaction is the same payment, whatever its id", () => {
  const paid = given(join(merchant), pay({}), wallet("AcceptPayment"));
  expect(decide(pay({ messageId: "2", txid: paymentTxid, body: "again" }), paid)).toMatchObject({
    outcome: "duplicate",
  });
});
