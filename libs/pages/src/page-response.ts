import type { HttpResponse } from "@p4/http";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";

/** Scripts, styles and calls of the page's own origin alone; nothing inline, no frame around it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** For every page: the policy, no guessing of types, no address of the page told to other hosts. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": contentSecurityPolicy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** For a page that others may show within theirs: nothing of what can be done on it may need more than a look. */
const embeddedHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  "content-security-policy": contentSecurityPolicy.replace("frame-ancestors 'none'", "frame-ancestors http: https:"),
  "cross-origin-resource-policy": "cross-origin",
};

/** A whole document, made on the server. Text in it is escaped by the renderer. `embedded`: other origins may show it in theirs. */
export function pageResponse(page: VNode, status = 200, { embedded = false } = {}): HttpResponse {
  return { status, headers: embedded ? embeddedHeaders : pageHeaders, body: `<!doctype html>${renderToString(page)}` };
}
