import { findQuestion } from "@p4/channel";
import { problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import { admit } from "./admission.ts";
import { awaitAnswer } from "./await-answer.ts";
import { bridgeConnectionId } from "./bridge-message.ts";
import { answered } from "./bridge-problems.ts";
import { ChannelWatch } from "./channel-watch.ts";

/** `GET /api/v1/payment/:paymentID/answers/:messageID`: where a 202 points to; the answer that came, or comes, later. */
export function answerRoute(context: EdgeContext): HttpRoute {
  return {
    method: "GET",
    path: "/api/v1/payment/:paymentID/answers/:messageID",
    handle: (request) => answered(() => getAnswer(request, context), "GET answer", context),
  };
}

async function getAnswer(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("paymentID", request, context);
  if (!admission.ok) return admission.response;
  const messageId = request.params["messageID"] ?? "";
  const watch = await ChannelWatch.open(admission.join.channelId, context);
  try {
    const question = findQuestion(messageId, watch.channel.snapshot.context, bridgeConnectionId(messageId));
    if (question !== null) return await awaitAnswer(watch, question, { request, grant: admission.grant }, context);
    const detail = "messageID: no message of this id waits for an answer here";
    return problem(404, { code: "MESSAGE_UNKNOWN", title: "Not found", detail });
  } finally {
    watch.release();
  }
}
