import { TokenBuckets, type HttpRequest, type HttpResponse, type HttpRoute } from "@p4/http";
import { randomId } from "@p4/node-crypto";
import { pageResponse, type Assets } from "@p4/pages";
import { ClosedPage, LoginPage } from "../pages/login-page.tsx";
import { denialOf, sessionCookie, type AccessRules } from "./access.ts";
import { isKey, makeSession, sessionMs } from "./session.ts";

export interface LoginOptions extends AccessRules {
  readonly assets: Assets;
  /** Whether browsers reach this server by TLS: then the session is sent over nothing else. */
  readonly isSecure: boolean;
}

/** Of one address. */
const tries = { burst: 10, perSecond: 0.2 };

/** `GET /console/login`: the form; `POST`: the key becomes a session in a cookie; `POST /console/logout`: its end. */
export function loginRoutes(options: LoginOptions): HttpRoute[] {
  const { key, nowMs, assets, isSecure } = options;
  const buckets = new TokenBuckets(tries, nowMs());
  const cookie = (value: string, seconds: number): string =>
    `${sessionCookie}=${value}; Path=/console; HttpOnly; SameSite=Strict; Max-Age=${String(seconds)}${isSecure ? "; Secure" : ""}`;
  const logIn = (request: HttpRequest): HttpResponse => {
    const form = new URLSearchParams(new TextDecoder().decode(request.body));
    const next = safeNext(form.get("next"));
    const page = (fault: string, status: number): HttpResponse =>
      pageResponse(<LoginPage assets={assets} next={next} fault={fault} />, status);
    // Also without a session yet: a login that another page sends would put its victim into a session of its own.
    if (denialOf(request, options) === "origin") return page("Log in from this page.", 403);
    if (key === null) return seeOther("/console");
    if (!buckets.take(request.remoteAddress, nowMs())) return page("Too many tries. Wait a minute.", 429);
    if (!isKey(key, form.get("key") ?? "")) return page("This is not the operator's key.", 403);
    const session = makeSession(key, randomId(), nowMs());
    return seeOther(next, { "set-cookie": cookie(session, sessionMs / 1000) });
  };
  const logOut = (request: HttpRequest): HttpResponse =>
    denialOf(request, options) === "origin"
      ? pageResponse(<ClosedPage assets={assets} text="Log out from a page of this console." />, 403)
      : seeOther("/console/login", { "set-cookie": cookie("", 0) });
  return [
    {
      method: "GET",
      path: "/console/login",
      handle: ({ query }) =>
        key === null
          ? seeOther("/console")
          : pageResponse(<LoginPage assets={assets} next={safeNext(query.get("next"))} fault={null} />),
    },
    { method: "POST", path: "/console/login", maxBodyBytes: 4_096, handle: logIn },
    { method: "POST", path: "/console/logout", maxBodyBytes: 4_096, handle: logOut },
  ];
}

/** A page of the console and nothing else: a login must lead nowhere foreign. */
export function safeNext(next: string | null): string {
  return next !== null && /^\/console(\/[A-Za-z0-9_/-]*)?(\?[A-Za-z0-9_=&%.,+:-]*)?$/.test(next) ? next : "/console";
}

export function seeOther(location: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status: 303, headers: { location, "cache-control": "no-store", ...headers } };
}
