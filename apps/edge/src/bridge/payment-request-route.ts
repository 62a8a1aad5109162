import { acceptedPayment, findQuestion, isEnded, isOverdue, type Channel } from "@p4/channel";
import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import { admit } from "./admission.ts";
import { answerResponse } from "./answer-response.ts";
import { awaitAnswer, type Asker } from "./await-answer.ts";
import { bridgeCommand, bridgeConnectionId } from "./bridge-message.ts";
import { answered, invalid } from "./bridge-problems.ts";
import { ChannelWatch } from "./channel-watch.ts";
import { submitTraced, traceOf } from "../submit-traced.ts";
import { keyedMessageId } from "./idempotency-key.ts";
import { refusalWithPayment } from "./payment-record.ts";
import { submittedQuestion } from "./submitted-question.ts";

/** `GET /api/v1/payment/:paymentID`: the merchant's payment request. */
export function paymentRequestRoute(context: EdgeContext): HttpRoute {
  return {
    method: "GET",
    path: "/api/v1/payment/:paymentID",
    handle: (request) => answered(() => getPaymentRequest(request, context), "GET payment", context),
  };
}

async function getPaymentRequest(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("paymentID", request, context);
  if (!admission.ok) return admission.response;
  const keyed = keyedMessageId(request.headers.get("idempotency-key"), admission.join.wallet);
  if (keyed === null) return invalid("Idempotency-Key", "at most 255 characters");
  const asker = { request, grant: admission.grant };
  const watch = await ChannelWatch.open(admission.join.channelId, context);
  try {
    const earlier = keyed === undefined ? null : questionOf(bridgeConnectionId(keyed), watch.channel);
    if (earlier?.type === "TermsRequested") return await awaitAnswer(watch, earlier, asker, context);
    const standing = standingAnswer(watch.channel, request, context.nowMs());
    return standing ?? (await ask(watch, admission.join.channelId, keyed ?? context.newId(), asker, context));
  } finally {
    watch.release();
  }
}

function questionOf(connectionId: string, { snapshot }: Channel) {
  return findQuestion(({ data }) => data.from.connectionId === connectionId, snapshot.context);
}

/** What the channel answers without asking the merchant again. */
function standingAnswer({ snapshot }: Channel, request: HttpRequest, nowMs: number): HttpResponse | null {
  const { terms, request: asked } = snapshot.context;
  if (acceptedPayment(snapshot.context) !== undefined) {
    return refusalWithPayment("ALREADY_PAID", "a payment was accepted", snapshot);
  }
  if (isEnded(snapshot) || isOverdue(snapshot, nowMs)) return null;
  if (asked !== null || terms?.type !== "TermsOffered") return null;
  return answerResponse(terms, request.headers.get("accept"));
}

/** Joins the wait of a request that the merchant has not answered yet, or asks. */
async function ask(
  watch: ChannelWatch,
  channelId: string,
  messageId: string,
  asker: Asker,
  context: EdgeContext,
): Promise<HttpResponse> {
  const { snapshot } = watch.channel;
  if (snapshot.context.request !== null && !isEnded(snapshot)) {
    return awaitAnswer(watch, snapshot.context.request, asker, context);
  }
  const command = bridgeCommand(
    { key: "paymentrequest.create", channelId, messageId, bodyText: null, txids: [], wallet: null },
    context,
  );
  const trace = traceOf(asker.request, context);
  const result = await submitTraced("paymentrequest.create", command, watch, trace, context);
  if (result.outcome === "refused") return refusalWithPayment(result.code, result.detail, result.channel.snapshot);
  return awaitAnswer(watch, submittedQuestion(result), asker, context);
}
