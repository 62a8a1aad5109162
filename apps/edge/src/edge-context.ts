import type { ChannelRegistry } from "@p4/actors";
import type { EventLog } from "@p4/event-store";
import type { SpvCrypto } from "@p4/spv";
import type { WaitLimits } from "./bridge/prefer-wait.ts";
import type { JoinPolicy } from "./join-policy.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { LoadGauge } from "./load-gauge.ts";
import type { ServedChannels } from "./served-channels.ts";
import type { Turnstile } from "./turnstile.ts";

export interface EdgeLimits {
  readonly maxMessageBytes: number;
  readonly maxQueuedBytes: number;
  readonly maxConnectionsPerChannel: number;
  /** Messages of one connection that may wait to be stored. */
  readonly maxInFlightPerConnection: number;
  /** Their bytes: a frame is kept until its event is stored. One message alone may have more. */
  readonly maxInFlightBytesPerConnection: number;
}

/** What the edge's parts share. */
export interface EdgeContext {
  readonly nodeId: string;
  readonly channels: ServedChannels;
  readonly registry: ChannelRegistry;
  readonly log: EventLog;
  readonly policy: JoinPolicy;
  readonly channelTtlMs: number;
  readonly limits: EdgeLimits;
  /** How long requests of the HTTP bridge wait for the merchant. */
  readonly bridge: WaitLimits;
  readonly metrics: EdgeMetrics;
  readonly load: LoadGauge;
  /** New channels are opened a few at a time, so that a burst of them does not queue up before everybody's messages. */
  readonly openings: Turnstile;
  readonly crypto: SpvCrypto;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** Null: serving. Otherwise why new joins are refused. */
  readonly unready: () => string | null;
  /** Aborts when this node begins to shut down: whoever waits is sent on. */
  readonly draining: AbortSignal;
  readonly onError: (error: unknown, where: string) => void;
}
