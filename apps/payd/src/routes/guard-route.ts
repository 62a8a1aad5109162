import { isIP } from "node:net";
import { problem, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import { PaydError, paydErrors } from "../errors.ts";

/** Names under which this wallet may be called, beside those of the loopback: lower case, without a port. */
export type AllowedHosts = readonly string[];

/**
 * Refuses what a page in a browser could send here without its user's will. A program of this machine needs no key: what keeps a
 * page out is that its host name is not one of ours (DNS rebinding), that a cross-origin POST names its origin, and that a simple
 * POST of a form cannot be JSON. Programs send none of these, and are let through.
 */
export function guardRoute(route: HttpRoute, allowedHosts: AllowedHosts): HttpRoute {
  return guarded(route, (request) => faultOf(route, request, allowedHosts));
}

/** For the form of a page of ours, which cannot send JSON: only with an `Origin` that is this very server. */
export function guardForm(route: HttpRoute, allowedHosts: AllowedHosts): HttpRoute {
  return guarded(route, ({ headers }) => {
    const host = headers.get("host") ?? "";
    if (!isOurs(hostNameOf(host), allowedHosts)) return hostRefused();
    return hostOfOrigin(headers.get("origin") ?? "") === host.toLowerCase() ? null : originRefused();
  });
}

function guarded(route: HttpRoute, faultIn: (request: HttpRequest) => PaydError | null): HttpRoute {
  return {
    ...route,
    handle(request): HttpResponse | Promise<HttpResponse> {
      const fault = faultIn(request);
      if (fault === null) return route.handle(request);
      const { httpStatus, title } = paydErrors[fault.code];
      return problem(httpStatus, { code: fault.code, title, detail: fault.message });
    },
  };
}

function faultOf({ method }: HttpRoute, request: HttpRequest, allowedHosts: AllowedHosts): PaydError | null {
  const host = request.headers.get("host") ?? "";
  if (!isOurs(hostNameOf(host), allowedHosts)) {
    return hostRefused();
  }
  if (method === "GET") return null;
  const origin = request.headers.get("origin");
  if (origin !== undefined && hostOfOrigin(origin) !== host.toLowerCase()) {
    return originRefused();
  }
  const type = request.headers.get("content-type");
  const isJson = /^application\/json\s*(;|$)/i.test(type ?? "");
  if (isJson || (type === undefined && request.body.length === 0)) return null;
  return new PaydError("PAYD_CONTENT_TYPE", "content-type: must be application/json");
}

function hostRefused(): PaydError {
  const rule = "must be a name of the loopback, P4_HOST, or the host of P4_PAYD_URL";
  return new PaydError("PAYD_HOST_REFUSED", `host: ${rule}`);
}

function originRefused(): PaydError {
  return new PaydError("PAYD_ORIGIN_REFUSED", "origin: pages of other origins may not change anything here");
}

/** `[::1]:8443` and `Localhost:8443` without port and brackets, in lower case. */
export function hostNameOf(host: string): string {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host) ?? [];
  return (bracketed ?? plain).toLowerCase().replace(/\.$/, "");
}

export function isLoopbackName(name: string): boolean {
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}

function isOurs(name: string, allowedHosts: AllowedHosts): boolean {
  if (isLoopbackName(name)) return true;
  // Who listens on every address is called by any of them; a rebound name is no address.
  const isEverywhere = allowedHosts.includes("0.0.0.0") || allowedHosts.includes("::");
  return allowedHosts.includes(name) || (isEverywhere && isIP(name) !== 0);
}

function hostOfOrigin(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
