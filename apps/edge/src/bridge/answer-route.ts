import { findQuestion } from "@p4/channel";
import { problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import { admit } from "./admission.ts";
import { awaitAnswer } from "./await-answer.ts";
import { answered } from "./bridge-problems.ts";
import { ChannelWatch } from "./channel-watch.ts";

/** `GET /api/v1/payment/:paymentID/answers/:answerID`: where a 202 points to; the answer that came, or comes, later. */
export function answerRoute(context: EdgeContext): HttpRoute {
  return {
    method: "GET",
    path: "/api/v1/payment/:paymentID/answers/:answerID",
    handle: (request) => answered(() => getAnswer(request, context), "GET answer", context),
  };
}

async function getAnswer(request: HttpRequest, context: EdgeContext): Promise<HttpResponse> {
  const admission = admit("paymentID", request, context);
  if (!admission.ok) return admission.response;
  const answerId = request.params["answerID"] ?? "";
  const watch = await ChannelWatch.open(admission.join.channelId, context);
  try {
    const { context: state } = watch.channel.snapshot;
    const question = findQuestion(({ metadata }) => metadata.eventId === answerId, state);
    if (question !== null) return await awaitAnswer(watch, question, { request, grant: admission.grant }, context);
    const detail = "answerID: no message of this id waits for an answer here";
    return problem(404, { code: "MESSAGE_UNKNOWN", title: "Not found", detail });
  } finally {
    watch.release();
  }
}
