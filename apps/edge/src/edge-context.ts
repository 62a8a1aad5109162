import type { EventLog } from "@p4/event-store";
import type { SpvCrypto } from "@p4/spv";
import type { JoinPolicy } from "./join-policy.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { ServedChannels } from "./served-channels.ts";

export interface EdgeLimits {
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxConnectionsPerChannel: number;
  /** Messages of one connection that may wait to be stored. */
  readonly maxInFlightPerConnection: number;
}

/** What the edge's parts share. */
export interface EdgeContext {
  readonly nodeId: string;
  readonly channels: ServedChannels;
  readonly log: EventLog;
  readonly policy: JoinPolicy;
  readonly channelTtlMs: number;
  readonly limits: EdgeLimits;
  readonly metrics: EdgeMetrics;
  readonly crypto: SpvCrypto;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Null: serving. Otherwise why new joins are refused. */
  readonly unready: () => string | null;
  readonly onError: (error: unknown, where: string) => void;
}
