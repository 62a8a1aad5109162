import { channelErrors, isLogError, type ChannelErrorCode } from "@p4/channel";
import { isStoreError } from "@p4/event-store";
import { json, problem, type HttpResponse } from "@p4/http";
import type { EdgeContext } from "../edge-context.ts";

const statusOfRefusal: Partial<Record<ChannelErrorCode, number>> = {
  CHANNEL_UNKNOWN: 404,
  CHANNEL_EXPIRED: 410,
  CHANNEL_CLOSED: 410,
  MESSAGE_ID_REUSED: 422,
};

/** The channel's no. Without a better status it is a conflict with the channel's state. */
export function refusal(code: ChannelErrorCode, detail: string): HttpResponse {
  const { title, rule, retryable } = channelErrors[code];
  const headers = { "cache-control": "no-store", ...(retryable ? { "retry-after": "1" } : {}) };
  return problem(statusOfRefusal[code] ?? 409, { code, title, detail: `${rule} (${detail})` }, headers);
}

/** As the deployed proxy answers what it cannot validate. */
export function invalid(field: string, text: string): HttpResponse {
  return json(400, { errors: { [field]: [text] } });
}

export function retryLater(code: string, detail: string): HttpResponse {
  return problem(503, { code, title: "Try again", detail }, { "retry-after": "1" });
}

/** Turns the log's failures into answers, and counts all answers. Anything else is a defect, and the server's own 500. */
export async function answered(
  work: () => Promise<HttpResponse>,
  route: string,
  context: EdgeContext,
): Promise<HttpResponse> {
  const response = await work().catch((error: unknown) => failure(error, route, context));
  context.metrics.bridgeAnswered(route, response.status);
  return response;
}

function failure(error: unknown, route: string, context: EdgeContext): HttpResponse {
  if (isStoreError(error) && error.retryable) return retryLater(error.code, "the log cannot be reached");
  if (!isStoreError(error) && !isLogError(error)) throw error;
  context.onError(error, route);
  return problem(500, { code: error.code, title: "Channel out of order", detail: "see the server's log" });
}
