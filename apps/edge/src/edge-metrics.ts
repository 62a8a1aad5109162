import type { AdmissionControl } from "./admission/admission-control.ts";
import type { Metrics } from "@p4/telemetry";

/** What the edge counts. Gauges are read when scraped, so they balance to zero when all have left. */
export interface EdgeMetrics {
  connectionOpened(): void;
  connectionClosed(): void;
  frameReceived(bytes: number): void;
  frameRefused(code: string): void;
  /** A socket was closed because too many of its messages were refused. */
  floodClosed(): void;
  messageStored(seconds: number): void;
  messageDuplicate(): void;
  frameDelivered(): void;
  joinRefused(reason: string): void;
  /** `route` is the method and the kind of resource, such as `POST payment`. */
  bridgeAnswered(route: string, status: number): void;
  /** A request of the bridge that waits for the merchant. Returns what ends it. */
  bridgeWait(): () => void;
  /** A listener of server-sent events. Returns what ends it. */
  listener(): () => void;
}

/** A limit that is shown beside what it bounds. */
export interface EdgeBounds {
  readonly maxConnections: number;
}

export function edgeMetrics(
  metrics: Metrics,
  open: {
    channels: () => number;
    states: () => ReadonlyMap<string, number>;
    limits: EdgeBounds;
    connections: () => number;
    admission: Pick<AdmissionControl, "limit" | "queued" | "backlog" | "lagMs">;
    heldBytes: () => number;
    queuedBytes: () => number;
    maxHeldBytes: () => number;
  },
): EdgeMetrics {
  metrics.observe("edge_channels", "Channels with a socket on this node", open.channels);
  metrics.observeBy("edge_channels_by_state", "Channels with a socket on this node", "state", open.states);
  metrics.observe("edge_connections", "Open wallet sockets", open.connections);
  const { admission, limits } = open;
  metrics.observe("edge_max_connections", "Beyond it joins are refused", () => limits.maxConnections);
  metrics.observe("edge_admission_limit", "Channels opened or loaded at the same time", () => admission.limit);
  metrics.observe("edge_admission_queued", "Joins and requests that wait for that", () => admission.queued);
  metrics.observe("edge_store_backlog", "Messages and joins that wait for the log", () => admission.backlog);
  metrics.observe("edge_loop_lag_seconds", "How late timers run", () => admission.lagMs / 1000);
  metrics.observe(
    "edge_held_bytes",
    "What channels, messages on their way and send queues hold of the memory",
    open.heldBytes,
  );
  metrics.observe("edge_queued_bytes", "Of that, what waits for peers that read slowly", open.queuedBytes);
  metrics.observe(
    "edge_max_held_bytes",
    "Beyond it new channels, and what exceeds its share, are refused",
    open.maxHeldBytes,
  );
  const opened = metrics.counter("edge_connections_opened_total", "Sockets opened");
  const closed = metrics.counter("edge_connections_closed_total", "Sockets closed");
  // Of each message: numbers, read when scraped, cost nothing beside what a counter does with its labels.
  const frames = { received: 0, receivedBytes: 0, delivered: 0 };
  metrics.count("edge_frames_received_total", "Frames from wallets", () => frames.received);
  metrics.count("edge_received_bytes_total", "Bytes of frames from wallets", () => frames.receivedBytes);
  const refused = metrics.counter("edge_frames_refused_total", "Frames answered with an error", ["code"]);
  const floods = metrics.counter("edge_floods_closed_total", "Sockets closed for too many refused frames");
  const stored = metrics.histogram("edge_store_seconds", "From a frame's arrival until its event is stored");
  const duplicates = metrics.counter("edge_duplicates_total", "Messages that the log had already");
  metrics.count("edge_frames_delivered_total", "Frames sent to wallets", () => frames.delivered);
  const joins = metrics.counter("edge_joins_refused_total", "Refused joins", ["reason"]);
  const bridged = metrics.counter("edge_bridge_requests_total", "Requests of the HTTP bridge", ["route", "status"]);
  const bridgeWait = gauge(metrics, "edge_bridge_waits", "Requests of the HTTP bridge that wait for the merchant");
  const listener = gauge(metrics, "edge_listeners", "Open streams of server-sent events");
  return {
    connectionOpened: () => opened.inc(),
    connectionClosed: () => closed.inc(),
    frameReceived: (size) => {
      frames.received++;
      frames.receivedBytes += size;
    },
    frameRefused: (code) => refused.inc({ code }),
    floodClosed: () => floods.inc(),
    messageStored: (seconds) => stored.observe(seconds),
    messageDuplicate: () => duplicates.inc(),
    frameDelivered: () => void frames.delivered++,
    joinRefused: (reason) => joins.inc({ reason }),
    bridgeAnswered: (route, status) => bridged.inc({ route, status: String(status) }),
    bridgeWait,
    listener,
  };
}

/** Counts what has begun and not ended; each end counts once. */
function gauge(metrics: Metrics, name: string, help: string): () => () => void {
  let count = 0;
  metrics.observe(name, help, () => count);
  return () => {
    let open = true;
    count++;
    return () => {
      if (open) count--;
      open = false;
    };
  };
}
