import { isIP } from "node:net";
import type { HttpRequest, HttpResponse, HttpRoute } from "@p4/http";
import { refusal } from "../errors.ts";
import { isSession } from "./session.ts";

export interface AccessRules {
  /** Null: without a login, from this very machine alone. */
  readonly key: string | null;
  readonly nowMs: () => number;
}

export const sessionCookie = "p4_console";

/** Null: allowed. `login`: needs the key; `closed`: refused address; `origin`: cross-site request. */
export type Denial = "login" | "closed" | "origin" | null;

/**
 * Who may use the console. With a key: who has logged in with it. Without one: who calls from this machine by a name of the
 * loopback, which a page of another host that rebinds its name cannot. Whatever a page of another origin sends is refused,
 * also when it only asks: other routes of this server answer all origins.
 */
export function denialOf({ method, headers, remoteAddress }: HttpRequest, { key, nowMs }: AccessRules): Denial {
  const host = (headers.get("host") ?? "").toLowerCase();
  const origin = headers.get("origin");
  const isForm = method !== "GET" && method !== "HEAD";
  if (origin === undefined ? isForm : hostOf(origin) !== host) return "origin";
  const site = headers.get("sec-fetch-site") ?? "none";
  const isNavigation = headers.get("sec-fetch-mode") === "navigate" && !isForm;
  if (site !== "none" && site !== "same-origin" && !isNavigation) return "origin";
  if (key === null) return isLoopback(remoteAddress) && isLoopbackName(host) && !isProxied(headers) ? null : "closed";
  return isSession(key, cookieOf(headers), nowMs()) ? null : "login";
}

/** A route of the API behind these rules. What changes something must be JSON, which no form can send. */
export function guardApi(route: HttpRoute, rules: AccessRules): HttpRoute {
  return {
    ...route,
    handle(request): HttpResponse | Promise<HttpResponse> {
      const denial = denialOf(request, rules);
      if (denial !== null) return refuse(denial);
      const isJson = /^application\/json\s*(;|$)/i.test(request.headers.get("content-type") ?? "");
      if (route.method !== "GET" && !isJson) {
        return refusal("CONSOLE_INVALID", "content-type: must be application/json");
      }
      return route.handle(request);
    },
  };
}

export const closedText =
  "Without a key in secrets/console-key the console is open only to browsers on the machine of the server, by a name of the loopback.";

function refuse(denial: NonNullable<Denial>): HttpResponse {
  switch (denial) {
    case "login":
      return refusal("CONSOLE_LOGIN", "session: must be of a login with the operator's key");
    case "closed":
      return refusal("CONSOLE_CLOSED", closedText);
    case "origin":
      return refusal("CONSOLE_ORIGIN", "origin: must be this server");
  }
}

function cookieOf(headers: ReadonlyMap<string, string>): string {
  for (const part of (headers.get("cookie") ?? "").split(/[;,]/)) {
    const [name, value = ""] = part.trim().split("=", 2);
    if (name === sessionCookie) return value;
  }
  return "";
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** As the server names addresses: IPv6 ones by their network. */
function isLoopback(remoteAddress: string): boolean {
  return remoteAddress.startsWith("127.") || remoteAddress === "0:0:0:0::/64";
}

/** Behind a proxy of this machine everyone seems to come from it. */
function isProxied(headers: ReadonlyMap<string, string>): boolean {
  return ["x-forwarded-for", "forwarded", "via", "x-real-ip"].some((name) => headers.has(name));
}

function isLoopbackName(host: string): boolean {
  const [, bracketed, plain = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host) ?? [];
  const name = bracketed ?? plain;
  if (name === "localhost" || name.endsWith(".localhost") || name === "::1") return true;
  return isIP(name) === 4 && name.startsWith("127.");
}
