import type { AdmissionControl } from "./admission/admission-control.ts";
import type { ChannelRegistry } from "@p4/channel-host";
import type { ChannelTracing } from "@p4/app";
import type { EventLog } from "@p4/event-store";
import type { ByteBudget, TokenBuckets } from "@p4/http";
import type { SpvCrypto } from "@p4/spv";
import type { WaitLimits } from "./bridge/prefer-wait.ts";
import type { Grants } from "./grants.ts";
import type { HomeGate } from "./home-gate.ts";
import type { JoinPolicy } from "./join-policy.ts";
import type { Connections } from "./connections.ts";
import type { CountedUse } from "./counted-use.ts";
import type { Delivery } from "./delivery.ts";
import type { EdgeLimits } from "./edge-limits.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { MerchantQueue } from "./merchant-queue.ts";
import type { Newcomers } from "./newcomers.ts";
import type { NodeMemory } from "./node-memory.ts";
import type { Note } from "@p4/telemetry";

/** What the edge's parts share. */
export interface EdgeContext {
  readonly nodeId: string;
  readonly connections: Connections;
  /** Joins that are being decided, by channel. */
  readonly joins: CountedUse;
  /** Listeners over HTTP, by channel. */
  readonly listeners: CountedUse;
  readonly delivery: Delivery;
  readonly merchantQueue: MerchantQueue;
  readonly registry: ChannelRegistry;
  readonly log: EventLog;
  /** Asks the node that the connection is on, another one over the broker. */
  readonly isConnectionAlive: (nodeId: string, connectionId: string) => Promise<boolean>;
  readonly policy: JoinPolicy;
  /** What tokens have let in. */
  readonly grants: Grants;
  readonly channelTtlMs: number;
  readonly ackGraceMs: number;
  readonly limits: EdgeLimits;
  /** How long requests of the HTTP bridge wait for the merchant. */
  readonly bridge: WaitLimits;
  readonly metrics: EdgeMetrics;
  readonly admission: AdmissionControl;
  readonly memory: NodeMemory;
  readonly bytes: ByteBudget;
  /** Whether a merchant is expected to open a channel. */
  readonly newcomers: Newcomers;
  /** What the connections of an address were refused lately. */
  readonly refusals: TokenBuckets;
  readonly crypto: SpvCrypto;
  readonly nowMs: () => number;
  readonly newId: () => string;
  readonly home: Pick<HomeGate, "afterMove" | "isHere" | "redirect" | "turnAway">;
  /** Null: serving. Otherwise why new joins are refused. */
  readonly unready: () => string | null;
  /** Aborts when this node begins to shut down: who waits is sent on. */
  readonly draining: AbortSignal;
  /** Null: off. */
  readonly tracing: ChannelTracing | null;
  readonly onError: (error: unknown, where: string) => void;
  /** One line of the log for a join or a refusal. */
  readonly note: Note;
}
