import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import { warningHeader, warningText, type BodyWarning } from "@p4/protocol";
import type { EdgeContext } from "../edge-context.ts";
import { admit } from "./admission.ts";
import { awaitAnswer, type Asker } from "./await-answer.ts";
import { bridgeCommand } from "./bridge-message.ts";
import { answered, invalid, refusal } from "./bridge-problems.ts";
import { ChannelWatch } from "./channel-watch.ts";
import { submitTraced, traceOf } from "../submit-traced.ts";
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
  readonly text: string | null;
  readonly txids: readonly string[];
  readonly wallet: string | null;
}

async function postPayment(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("paymentID", request, context);
  if (!admission.ok) return admission.response;
  const keyed = keyedMessageId(request.headers.get("idempotency-key"), admission.join.wallet);
  if (keyed === null) return invalid("Idempotency-Key", "at most 255 characters");
  const body = readPaymentBody(request.body, context.crypto);
  if (!body.ok) return body.response;
  const { channelId, wallet } = admission.join;
  const payment: Payment = {
    channelId,
    messageId: keyed ?? context.newId(),
    text: body.text,
    txids: body.txids,
    wallet,
  };
  const watch = await ChannelWatch.open(channelId, context);
  try {
    return withWarning(await submit(payment, watch, { request, grant: admission.grant }, context), body.warning);
  } finally {
    watch.release();
  }
}

/** Told whatever the answer: a payment that was not recognised may be refused for just that. */
function withWarning(response: HttpResponse, warning: BodyWarning | null): HttpResponse {
  if (warning === null) return response;
  return { ...response, headers: { ...response.headers, [warningHeader]: warningText(warning) } };
}

/** The channel tells what repeats an earlier payment, also after its end; the earlier one's answer is then this one's. */
async function submit(
  payment: Payment,
  watch: ChannelWatch,
  asker: Asker,
  context: EdgeContext,
): Promise<HttpResponse> {
  const { text: bodyText, ...rest } = payment;
  const command = bridgeCommand({ key: "payment", bodyText, ...rest }, context);
  const result = await submitTraced("payment", command, watch, traceOf(asker.request, context), context);
  if (result.outcome === "refused") return refusal(result.code, result.detail);
  return awaitAnswer(watch, submittedQuestion(result), asker, context);
}
