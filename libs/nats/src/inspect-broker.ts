import type { JetStreamAccountStats, StreamInfo } from "@nats-io/jetstream";
import { isStoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";

/** The connection's server and what it lets this account do. */
export interface BrokerReport {
  readonly serverName: string;
  readonly version: string;
  /** Null: a single server. */
  readonly cluster: string | null;
  /** Other servers of the cluster that the server has told of. */
  readonly otherServers: readonly string[];
  readonly maxPayloadBytes: number;
  readonly roundTripMs: number;
  /** How far the server's clock is ahead of ours, as well as half a round trip can tell; null when it did not say. */
  readonly clockAheadMs: number | null;
  readonly storedBytes: number;
  /** Null: no limit for this account; the server's own still holds. */
  readonly storeLimitBytes: number | null;
  readonly streams: number;
  readonly streamLimit: number | null;
}

/** Rejects with STORE_UNAVAILABLE, STORE_NOT_ENABLED or STORE_FORBIDDEN. */
export async function inspectBroker(broker: Broker): Promise<BrokerReport> {
  const account = await broker.api<JetStreamAccountStats>("INFO");
  const startedMs = performance.now();
  await broker.flush();
  const roundTripMs = performance.now() - startedMs;
  const info = broker.nc.info;
  const limit = (value: number): number | null => (value > 0 ? value : null);
  return {
    serverName: info?.server_name ?? "unknown",
    version: broker.serverVersion,
    cluster: info?.cluster ?? null,
    otherServers: (info?.connect_urls ?? []).filter((url) => url !== `${info?.host}:${info?.port}`),
    maxPayloadBytes: broker.maxPayloadBytes,
    roundTripMs,
    clockAheadMs: await clockAhead(broker).catch(nullIfUnanswered),
    storedBytes: account.storage,
    storeLimitBytes: limit(account.limits.max_storage),
    streams: account.streams,
    streamLimit: limit(account.limits.max_streams),
  };
}

/** The stream that is asked may have no leader at the moment. */
function nullIfUnanswered(error: unknown): null {
  if (isStoreError(error, "STORE_UNAVAILABLE")) return null;
  throw error;
}

/** A stream's description carries the server's time. */
async function clockAhead(broker: Broker): Promise<number | null> {
  const { streams } = await broker.api<{ readonly streams: readonly string[] | null }>("STREAM.NAMES");
  const [first] = streams ?? [];
  if (first === undefined) return null;
  const sentMs = Date.now();
  const { ts } = await broker.api<Pick<StreamInfo, "ts">>(`STREAM.INFO.${first}`);
  const hereMs = (sentMs + Date.now()) / 2;
  return ts === undefined ? null : Date.parse(ts) - hereMs;
}
