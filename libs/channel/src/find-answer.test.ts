import { describe, expect, it } from "vitest";
import type { ChannelSnapshot } from "./channel.machine.ts";
import { answerTo, findPayment, findQuestion } from "./find-answer.ts";
import { given, join, merchant, otherTxid, paymentTxid, wallet } from "./testing.ts";

function offer(messageId: string, correlationId: string) {
  const command = wallet("OfferTerms", { messageId });
  return { ...command, message: { ...command.message, correlationId } };
}

function answerOf(messageId: string, { context }: ChannelSnapshot): string | undefined {
  const question = findQuestion(messageId, context);
  return question === null ? undefined : answerTo(question, context)?.data.message.messageId;
}

describe("answerTo", () => {
  const asked = [
    join(merchant),
    wallet("RequestTerms", { messageId: "q1" }),
    wallet("RequestTerms", { messageId: "q2" }),
  ];

  it("gives the first terms after the request, for ever", () => {
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

describe("findPayment", () => {
  it("finds a transaction unless the merchant could not judge it", () => {
    const steps = [join(merchant), wallet("SubmitPayment", { messageId: "p1" })];
    expect(findPayment(paymentTxid, given(...steps).context)?.data.message.messageId).toBe("p1");
    expect(findPayment(paymentTxid, given(...steps, wallet("FailPayment")).context)).toBeNull();
    expect(findPayment(otherTxid, given(...steps).context)).toBeNull();
    expect(findPayment(null, given(...steps).context)).toBeNull();
  });
});
