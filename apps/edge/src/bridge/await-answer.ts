import { answerTo, isEnded, stateName, type AnswerEvent, type Channel, type QuestionEvent } from "@p4/channel";
import { json, type HttpRequest, type HttpResponse } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";
import type { Grant } from "../grants.ts";
import { tokenNeeded } from "./admission.ts";
import { answerResponse } from "./answer-response.ts";
import { refusal } from "./bridge-problems.ts";
import type { ChannelWatch } from "./channel-watch.ts";
import { preferredWait } from "./prefer-wait.ts";

/** Who waits, and by what right. */
export interface Asker {
  readonly request: HttpRequest;
  readonly grant: Grant | null;
}

/**
 * Waits for the merchant's answer to a stored question. In time: the answer. Late: 202 and where it will be found. Only
 * the log is asked, so any node gives the same answer at any time.
 */
export async function awaitAnswer(
  watch: ChannelWatch,
  question: QuestionEvent,
  { request, grant }: Asker,
  context: EdgeContext,
): Promise<HttpResponse> {
  const { waitMs, preferred } = preferredWait(request.headers.get("prefer"), context.bridge);
  const endWait = context.metrics.bridgeWait();
  const outcome = await watch.until((channel) => outcomeOf(question, channel), waitMs, [
    request.signal,
    context.draining,
  ]);
  endWait();
  const ended = context.grants.endOf(grant);
  if (ended !== null) return tokenNeeded(ended);
  const applied: Record<string, string> = preferred ? { "preference-applied": `wait=${String(waitMs / 1_000)}` } : {};
  if (outcome === null) return pending(question, answerPath(watch.channelId, question, request), applied);
  const response =
    outcome === "ended"
      ? channelEnded(watch.channel)
      : answerResponse(await watch.recall(outcome), request.headers.get("accept"));
  return { ...response, headers: { ...response.headers, ...applied } };
}

function outcomeOf(question: QuestionEvent, { snapshot }: Channel): AnswerEvent | "ended" | null {
  return answerTo(question, snapshot.context) ?? (isEnded(snapshot) ? "ended" : null);
}

/** A channel that is over answers nothing any more. */
function channelEnded({ snapshot }: Channel): HttpResponse {
  const code = stateName(snapshot) === "expired" ? "CHANNEL_EXPIRED" : "CHANNEL_CLOSED";
  return refusal(code, "the merchant did not answer before");
}

function pending(question: QuestionEvent, location: string, applied: Record<string, string>): HttpResponse {
  const { key, messageId } = question.data.message;
  return json(
    202,
    { status: "pending", key, messageId, location },
    { location, "retry-after": "1", "cache-control": "no-store", ...applied },
  );
}

/**
 * Named by the event, whose id is random: a messageId may be guessed, and the answer is for the asking client alone. A token
 * that came in the URL goes on in it: who follows a Location knows nothing else of the payment URL.
 */
function answerPath(paymentId: string, { metadata }: QuestionEvent, { query }: HttpRequest): string {
  const path = `/api/v1/payment/${paymentId}/answers/${encodeURIComponent(metadata.eventId)}`;
  const token = query.get("token");
  return token === null ? path : `${path}?token=${encodeURIComponent(token)}`;
}
