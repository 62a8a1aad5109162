import type { HttpRequest, HttpResponse } from "./http-route.ts";

/** Which pages in browsers may call this server. */
export interface CorsPolicy {
  /** "*" for any, else exact origins such as "https://wallet.example". */
  readonly origins: "*" | readonly string[];
  /** Response headers that pages may read. */
  readonly exposeHeaders?: readonly string[];
}

/** How long a browser may remember a preflight's answer. */
const preflightSeconds = "600";

/** Headers for an ordinary response: empty when the request is not cross-origin or its origin is not allowed. */
export function corsHeaders(policy: CorsPolicy, request: Pick<HttpRequest, "headers">): Record<string, string> {
  const origin = request.headers.get("origin");
  if (origin === undefined) return {};
  const allowed = policy.origins === "*" ? "*" : policy.origins.includes(origin) ? origin : undefined;
  if (allowed === undefined) return {};
  const headers: Record<string, string> = { "access-control-allow-origin": allowed };
  // The answer depends on who asked: a shared cache must not reuse it for another origin.
  if (allowed !== "*") headers["vary"] = "origin";
  if (policy.exposeHeaders !== undefined) headers["access-control-expose-headers"] = policy.exposeHeaders.join(", ");
  return headers;
}

/** The answer to OPTIONS: the methods of this path, and for a permitted cross-origin preflight what the page may send. */
export function cors(
  policy: CorsPolicy | undefined,
  request: Pick<HttpRequest, "headers">,
  methods: readonly string[],
): HttpResponse {
  const headers: Record<string, string> = { allow: methods.join(", ") };
  const granted = policy === undefined ? {} : corsHeaders(policy, request);
  if (policy !== undefined && granted["access-control-allow-origin"] !== undefined) {
    Object.assign(headers, granted);
    headers["access-control-allow-methods"] = methods.join(", ");
    const asked = request.headers.get("access-control-request-headers");
    if (asked !== undefined) headers["access-control-allow-headers"] = asked;
    headers["access-control-max-age"] = preflightSeconds;
  }
  return { status: 204, headers };
}
