import type { HttpResponse } from "./http-route.ts";

/** An error for the client, as RFC 9457 describes: a stable code, a title, and what to do. */
export interface Problem {
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

/** A JSON response. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** An `application/problem+json` response. */
export function problem(status: number, body: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
    body: JSON.stringify({ status, ...body }),
  };
}
