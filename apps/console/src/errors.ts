import { problem, type HttpResponse } from "@p4/http";

/** What the console's API answers with when it does not do what was asked. */
export const consoleErrors = {
  CONSOLE_LOGIN: { status: 401, title: "Log in", retryable: false },
  CONSOLE_CLOSED: { status: 403, title: "Not open here", retryable: false },
  CONSOLE_ORIGIN: { status: 403, title: "Other origin", retryable: false },
  CONSOLE_INVALID: { status: 400, title: "Invalid request", retryable: false },
  CONSOLE_CHANNEL_UNKNOWN: { status: 404, title: "No such channel", retryable: false },
  CONSOLE_EVENT_UNKNOWN: { status: 404, title: "No such event", retryable: false },
  CONSOLE_BROKER_AWAY: { status: 503, title: "The broker is away", retryable: true },
} as const;

export type ConsoleErrorCode = keyof typeof consoleErrors;

export function refusal(code: ConsoleErrorCode, detail: string): HttpResponse {
  const { status, title, retryable } = consoleErrors[code];
  const headers = { "cache-control": "no-store", ...(retryable && { "retry-after": "1" }) };
  return problem(status, { code, title, detail }, headers);
}
