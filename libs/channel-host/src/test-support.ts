import { createHash } from "node:crypto";
import {
  createInMemoryStore,
  IncompleteVersionsError,
  StoreError,
  type EventLog,
  type InMemoryStore,
  type StoredEvent,
  type StoreErrorCode,
} from "@p4/event-store";
import { ChannelRegistry } from "./channel-registry.ts";
import type { ActorRuntime } from "./runtime.ts";

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A node over a store in memory, and what its actors did to the world. */
export interface TestNode {
  readonly registry: ChannelRegistry;
  readonly runtime: ActorRuntime;
  readonly faults: { channelId: string; error: unknown }[];
  readonly armed: { channelId: string; remainingMs: number }[];
  /** The most appends that were under way at the same time. */
  readonly appends: { underWay: number; most: number; count: number };
  readonly reads: ReadSwitch;
}

/** What a test can make go wrong with this node's reads. */
export interface ReadSwitch {
  count: number;
  failures: StoreErrorCode[];
  /** Channels of a shard that has lost all its replicas. */
  readonly dead: Set<string>;
  /** Shown instead of what the log has, for as many reads as there are: a replica that lags. */
  stale: StoredEvent[][];
  /** Awaited after a read, before its answer is given. */
  hold: Promise<void> | null;
}

export interface TestNodeOptions {
  readonly alwaysReplay?: boolean;
  readonly mostAwake?: number;
  readonly isConnectionAlive?: ActorRuntime["isConnectionAlive"];
  readonly clockTrouble?: () => string | null;
  readonly copyClass?: ActorRuntime["copyClass"];
}

export function testNode(store: InMemoryStore = createInMemoryStore(), options: TestNodeOptions = {}): TestNode {
  const faults: TestNode["faults"] = [];
  const armed: TestNode["armed"] = [];
  const appends = { underWay: 0, most: 0, count: 0 };
  const reads: ReadSwitch = { count: 0, failures: [], dead: new Set(), stale: [], hold: null };
  const runtime: ActorRuntime = {
    log: observedLog(store.log, appends, reads),
    feed: store.feed,
    deadlines: {
      arm: (channelId, remainingMs) => {
        armed.push({ channelId, remainingMs });
        return store.deadlines.arm(channelId, remainingMs);
      },
      disarm: (channelId) => store.deadlines.disarm(channelId),
      watchElapsed: (handler) => store.deadlines.watchElapsed(handler),
    },
    isConnectionAlive: options.isConnectionAlive ?? (() => Promise.resolve(true)),
    nowMs: () => 2_000,
    newId: () => "id",
    sha256Hex,
    delay: () => new Promise((resolve) => setImmediate(resolve)),
    onFault: (channelId, error) => faults.push({ channelId, error }),
    ...(options.clockTrouble === undefined ? {} : { clockTrouble: options.clockTrouble }),
    ...(options.copyClass === undefined ? {} : { copyClass: options.copyClass }),
    ...(options.mostAwake === undefined ? {} : { mostAwake: options.mostAwake }),
    alwaysReplay: options.alwaysReplay ?? false,
  };
  return { registry: new ChannelRegistry(runtime), runtime, faults, armed, appends, reads };
}

function observedLog(log: EventLog, appends: TestNode["appends"], reads: ReadSwitch): EventLog {
  return {
    async appendToStream(request) {
      appends.count++;
      appends.most = Math.max(appends.most, ++appends.underWay);
      return log.appendToStream(request).finally(() => appends.underWay--);
    },
    async readStream(channelId, options) {
      reads.count++;
      const failure = reads.failures.shift();
      if (failure !== undefined) throw new StoreError(failure, "made to fail");
      if (reads.dead.has(channelId)) throw new StoreError("STORE_UNAVAILABLE", "no replica");
      const stored = reads.stale.shift() ?? (await log.readStream(channelId, options));
      await reads.hold;
      return stored;
    },
    async streamVersions(channelIds) {
      const failure = reads.failures.shift();
      if (failure !== undefined) throw new StoreError(failure, "made to fail");
      const living = channelIds.filter((channelId) => !reads.dead.has(channelId));
      const versions = await log.streamVersions(living);
      if (living.length === channelIds.length) return versions;
      const found = new Map(living.map((channelId) => [channelId, versions.get(channelId) ?? 0]));
      throw new IncompleteVersionsError("STORE_UNAVAILABLE", found, "no replica");
    },
    scan: (options) => log.scan(options),
  };
}
