import { asyncApi } from "./asyncapi/asyncapi.ts";
import type { ErrorTables } from "./error-description.ts";
import { docsOperations } from "./openapi/other-operations.ts";
import { openApi } from "./openapi/openapi.ts";
import type { MountedRoute } from "./openapi/operation.ts";
import { page } from "./page/page.ts";

/** Has the shape of an HTTP route of @p4/http, without depending on it. */
export interface DocsRoute {
  readonly method: "GET";
  readonly path: string;
  handle(): { status: number; headers: Record<string, string>; body: string };
}

export interface DocsOptions extends ErrorTables {
  /** The server's other routes: what is not mounted is not described. */
  readonly routes: readonly MountedRoute[];
  /** The paths of its sockets. */
  readonly sockets: readonly string[];
}

const title = "P4 payment channels";
const version = "1.0.0";

/** `GET /docs` for people, `/docs/asyncapi.json` and `/docs/openapi.json` for machines. Made at the first request. */
export function docsRoutes({ routes, sockets, messageErrors, joinErrors }: DocsOptions): DocsRoute[] {
  const upgrades = sockets.map((path): MountedRoute => ({ method: "GET", path }));
  const mounted = [...routes, ...upgrades, ...docsOperations].map(({ method, path }) => ({ method, path }));
  const errors = { messageErrors, joinErrors };
  return [
    route("/docs", "text/html; charset=utf-8", () => page({ title, mounted, ...errors })),
    route("/docs/asyncapi.json", "application/json", () => JSON.stringify(asyncApi({ title, version, ...errors }))),
    route("/docs/openapi.json", "application/json", () => JSON.stringify(openApi({ title, version, mounted }))),
  ];
}

function route(path: string, contentType: string, make: () => string): DocsRoute {
  const headers = {
    "content-type": contentType,
    "cache-control": "public, max-age=300",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'",
    "x-content-type-options": "nosniff",
  };
  let body: string | undefined;
  return { method: "GET", path, handle: () => ({ status: 200, headers, body: (body ??= make()) }) };
}
