import { statfs } from "node:fs/promises";
import { isStoreError } from "@p4/event-store";
import { json, type HttpRoute } from "@p4/http";
import { inspectBroker, surveyCopies } from "@p4/nats";
import { siteNamesOf } from "@p4/app";
import { forecastStreams, leftDays, type Operator } from "@p4/operator";
import type { Metrics, Readiness } from "@p4/telemetry";
import type { StoreView, SystemAnswer } from "../views/views.ts";
import { MetricsHistory, sampleEveryMs } from "./metrics-history.ts";
import { readMetrics } from "./read-metrics.ts";

export interface SystemRouteOptions {
  readonly operator: Operator;
  readonly metrics: Pick<Metrics, "expose">;
  readonly readiness: Pick<Readiness, "report">;
  readonly nowMs: () => number;
  readonly onError: (error: unknown) => void;
}

/** The broker is asked no more often, however many look. */
const keptMs = 5_000;

/** `GET /console/api/system`: how this edge and the broker do, now and over the last hour. */
export function systemRoute({ operator, metrics, readiness, nowMs, onError }: SystemRouteOptions): {
  readonly route: HttpRoute;
  readonly close: () => void;
} {
  const history = new MetricsHistory();
  const startedAtMs = nowMs();
  const sample = async (): Promise<void> => history.add(readMetrics((await metrics.expose()).text, nowMs()));
  const timer = setInterval(() => void sample().catch(onError), sampleEveryMs).unref();
  let kept: { readonly store: Promise<StoreView>; readonly untilMs: number } | undefined;
  const handle = async () => {
    if (kept === undefined || kept.untilMs <= nowMs()) {
      kept = { store: lookAtStore(operator, nowMs()), untilMs: nowMs() + keptMs };
    }
    const [{ ready, checks }, store] = await Promise.all([readiness.report(), kept.store]);
    const answer: SystemAnswer = {
      nowMs: nowMs(),
      startedAtMs,
      nodeId: operator.node.nodeId,
      region: operator.config.region,
      ready,
      checks: Object.entries(checks).map(([name, check]) => ({ name, ...check })),
      store,
      samples: history.samples,
    };
    return json(200, answer, { "cache-control": "no-store" });
  };
  return { route: { method: "GET", path: "/console/api/system", handle }, close: () => clearInterval(timer) };
}

/** What cannot be asked is told as such: the rest of the page stands. */
async function lookAtStore({ node, config }: Operator, nowMs: number): Promise<StoreView> {
  try {
    const [report, forecast, copies] = await Promise.all([
      inspectBroker(node.broker),
      forecastStreams(node.broker, config.region, nowMs),
      surveyCopies(node.broker, { region: config.region, shards: config.shards, sites: siteNamesOf(config) }),
    ]);
    const { storedBytes, bytesPerDay, finalBytes, storeLimitBytes, daysLeft } = forecast;
    const disk = config.natsUrl === null ? await diskOf(config.dataDir) : null;
    const room = disk === null ? null : storedBytes + disk.freeBytes;
    return {
      ok: true,
      serverName: report.serverName,
      version: report.version,
      cluster: report.cluster,
      roundTripMs: report.roundTripMs,
      clockAheadMs: report.clockAheadMs,
      streams: forecast.streams.length,
      messages: forecast.streams.reduce((sum, { messages }) => sum + messages, 0),
      storedBytes,
      bytesPerDay,
      finalBytes: Number.isFinite(finalBytes) ? finalBytes : null,
      storeLimitBytes,
      limitDaysLeft: daysLeft,
      diskFreeBytes: disk?.freeBytes ?? null,
      diskDaysLeft: leftDays({ storedBytes, storeLimitBytes: room, bytesPerDay, finalBytes }),
      copies,
    };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    return { ok: false, trouble: error.retryable ? "the broker does not answer" : error.message };
  }
}

/** Of the broker that runs beside this process; null where that cannot be told. */
async function diskOf(dataDir: string): Promise<{ readonly freeBytes: number } | null> {
  try {
    const { bavail, bsize } = await statfs(dataDir);
    return { freeBytes: bavail * bsize };
  } catch {
    return null;
  }
}
