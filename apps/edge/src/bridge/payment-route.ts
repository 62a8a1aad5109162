import { findPayment, findQuestion, type Channel, type QuestionEvent } from "@p4/channel";
import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import { admit } from "./admission.ts";
import { bodyOf } from "./answer-response.ts";
import { awaitAnswer } from "./await-answer.ts";
import { bridgeCommand } from "./bridge-message.ts";
import { answered, invalid, refusal } from "./bridge-problems.ts";
import { ChannelWatch } from "./channel-watch.ts";
import { keyedMessageId } from "./idempotency-key.ts";
import { readPaymentBody } from "./payment-body.ts";
import { submittedQuestion } from "./submitted-question.ts";

/** `POST /api/v1/payment/:paymentID`: a payment, answered with the merchant's acknowledgement. */
export function paymentRoute(context: EdgeContext): HttpRoute {
  return {
    method: "POST",
    path: "/api/v1/payment/:paymentID",
    maxBodyBytes: context.limits.maxMessageBytes,
    handle: (request) => answered(() => postPayment(request, context), "POST payment", context),
  };
}

interface Payment {
  readonly channelId: string;
  readonly messageId: string;
  readonly text: string;
  readonly txid: string | null;
}

async function postPayment(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("paymentID", request, context);
  if (!admission.ok) return admission.response;
  const keyed = keyedMessageId(request.headers.get("idempotency-key"));
  if (keyed === null) return invalid("Idempotency-Key", "at most 255 characters");
  const body = readPaymentBody(request.body, context.crypto);
  if (!body.ok) return body.response;
  const { channelId } = admission.join;
  const payment: Payment = { channelId, messageId: keyed ?? context.newId(), text: body.text, txid: body.txid };
  const watch = await ChannelWatch.open(channelId, context);
  try {
    return await submit(payment, watch, request, context);
  } finally {
    watch.release();
  }
}

/** The log is looked into first and last: what it has heard before is not said twice, not even after the channel's end. */
async function submit(
  payment: Payment,
  watch: ChannelWatch,
  request: HttpRequest,
  context: EdgeContext,
): Promise<HttpResponse> {
  let question = findEarlier(payment, watch.channel);
  if (question === null) {
    const { channelId, messageId, text, txid } = payment;
    const command = bridgeCommand({ key: "payment", channelId, messageId, bodyText: text, txid }, context);
    const result = await watch.submit(command);
    question = findEarlier(payment, result.channel);
    if (question === null && result.outcome === "refused") return refusal(result.code, result.detail);
    question ??= submittedQuestion(result, messageId);
  }
  if (!isSame(payment, question)) {
    return refusal("MESSAGE_ID_REUSED", "this Idempotency-Key was used with another body");
  }
  return awaitAnswer(watch, question, request, context);
}

function findEarlier(payment: Payment, { snapshot }: Channel): QuestionEvent | null {
  const { messageId, txid, text } = payment;
  const earlier = findQuestion(messageId, snapshot.context);
  if (earlier !== null || txid !== null) return earlier ?? findPayment(txid, snapshot.context);
  // A transaction that we cannot read has no id: the same text is the same payment.
  const same = snapshot.context.attempts.find(
    (attempt) => attempt.verdict?.type !== "PaymentFailed" && bodyOf(attempt.payment) === text,
  );
  return same?.payment ?? null;
}

/** The transaction is what makes a payment this one; without one that can be read, its text is. */
function isSame({ txid, text }: Payment, earlier: QuestionEvent): boolean {
  if (earlier.type !== "PaymentSubmitted") return false;
  return txid === null ? bodyOf(earlier) === text : earlier.data.txid === txid;
}
