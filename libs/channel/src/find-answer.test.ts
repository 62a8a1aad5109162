import { describe, expect, it } from "vitest";
import type { ChannelSnapshot } from "./channel.machine.ts";
import { answerTo, findQuestion } from "./find-answer.ts";
import { customer, given, join, merchant, otherTxid, wallet } from "./testing.ts";

function offer(messageId: string, correlationId: string) {
  const command = wallet("OfferTerms", { messageId });
  return { ...command, message: { ...command.message, correlationId } };
}

function answerOf(messageId: string, { context }: ChannelSnapshot): string | undefined {
  const question = findQuestion(({ data }) => data.message.messageId === messageId, context);
  return question === null ? undefined : answerTo(question, context)?.data.message.messageId;
}

describe("answerTo", () => {
  const asked = [
    join(merchant),
    wallet("RequestTerms", { messageId: "q1" }),
    wallet("RequestTerms", { messageId: "q2" }),
  ];

  it("always gives the first terms after the request", () => {
    const snapshot = given(join(merchant), wallet("OfferTerms", { messageId: "before" }), ...asked.slice(1));
    expect(answerOf("q1", snapshot)).toBeUndefined();
    const later = given(...asked, offer("t1", ""), offer("t2", ""));
    expect([answerOf("q1", later), answerOf("q2", later)]).toEqual(["t1", "t1"]);
  });

  it("leaves terms that name another request to that request", () => {
    const snapshot = given(...asked, offer("for-q2", "q2"), offer("for-q1", "q1"));
    expect([answerOf("q1", snapshot), answerOf("q2", snapshot)]).toEqual(["for-q1", "for-q2"]);
  });

  it("does not mind a correlation id that names no request", () => {
    expect(answerOf("q1", given(...asked, offer("t", "the-merchant's-own")))).toBe("t");
  });

  it("gives each payment its own verdict", () => {
    const snapshot = given(
      join(merchant),
      wallet("SubmitPayment", { messageId: "p1" }),
      wallet("RefusePayment", { messageId: "no" }),
      wallet("SubmitPayment", { messageId: "p2", txid: otherTxid }),
      wallet("AcceptPayment", { messageId: "yes" }),
    );
    expect([answerOf("p1", snapshot), answerOf("p2", snapshot)]).toEqual(["no", "yes"]);
  });
});

describe("findQuestion", () => {
  it("knows two customers' questions of the same id apart, and takes no answer for one", () => {
    const other = { ...customer, connectionId: "c2" };
    const { context } = given(
      join(merchant),
      wallet("SubmitPayment", { messageId: "1" }),
      wallet("RefusePayment"),
      wallet("SubmitPayment", { messageId: "1", from: other, txid: otherTxid, body: "second" }),
    );
    const by = (connectionId: string) => findQuestion(({ data }) => data.from.connectionId === connectionId, context);
    expect([by("c1")?.streamVersion, by("c2")?.streamVersion]).toEqual([20, 40]);
    expect(by(merchant.connectionId)).toBeNull();
  });
});
