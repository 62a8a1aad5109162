import { buildVersion } from "./build-version.ts";
import type { Readiness } from "./health.ts";
import type { Metrics } from "./metrics.ts";

/** Has the shape of an HTTP route of @p4/http, without depending on it. */
export interface OperationsRoute {
  readonly method: "GET";
  readonly path: string;
  handle(): Promise<{ status: number; headers: Record<string, string>; body: string }>;
}

/**
 * `GET /livez`: 200 while the process answers at all. `GET /readyz`: 200 or 503, with the version and each check by name.
 * `GET /metrics`: for Prometheus.
 */
export function operationsRoutes(readiness: Readiness, metrics: Metrics): OperationsRoute[] {
  const noStore = { "content-type": "application/json", "cache-control": "no-store" };
  return [
    {
      method: "GET",
      path: "/livez",
      handle: () => Promise.resolve({ status: 200, headers: noStore, body: '{"alive":true}' }),
    },
    {
      method: "GET",
      path: "/readyz",
      async handle() {
        const report = await readiness.report();
        return {
          status: report.ready ? 200 : 503,
          headers: noStore,
          body: JSON.stringify({ version: buildVersion, ...report }),
        };
      },
    },
    {
      method: "GET",
      path: "/metrics",
      async handle() {
        const { contentType, text } = await metrics.expose();
        return { status: 200, headers: { "content-type": contentType }, body: text };
      },
    },
  ];
}
