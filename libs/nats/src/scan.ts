import { setTimeout as sleep } from "node:timers/promises";
import { isStoreError, type ScannedEvent, type ScanOptions } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { mergePages } from "./merge.ts";
import { ShardReader } from "./shard-reader.ts";
import { shardLive, type Names } from "./subjects.ts";
import { createNotifier } from "./notifier.ts";

/** Following is driven by the live feed; this only bounds the delay when one of its messages is lost. */
const pollMs = 1_000;
const replicaPollMs = 20;

/**
 * All shards side by side. There is no consumer on the server: a projection keeps its own positions, so nothing has to
 * be made again after a restart, and nothing is skipped in silence.
 */
export async function* scan(broker: Broker, names: Names, options: ScanOptions): AsyncGenerator<ScannedEvent> {
  // Ends the shards that wait for news when the caller leaves the loop.
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const wanted = options.shards ?? Array.from({ length: names.shards }, (_, shard) => shard);
  const shards = wanted.map((shard) => {
    const reader = new ShardReader(broker, names, shard, options.afterPosition?.get(shard) ?? 0);
    return options.follow === true ? follow(broker, reader, shardLive(names, shard), signal) : toEnd(reader, signal);
  });
  try {
    yield* mergePages(shards);
  } finally {
    left.abort();
  }
}

/** Reads up to what the leader has now, even if a replica that answers is behind. */
async function* toEnd(reader: ShardReader, signal: AbortSignal): AsyncGenerator<ScannedEvent[]> {
  const end = await reader.end();
  while (!signal.aborted && reader.position < end) {
    const events = await reader.next();
    if (events.length > 0) {
      yield events;
    } else {
      await sleep(replicaPollMs);
      await reader.end();
    }
  }
}

/** Endless, also over losses of the connection. */
async function* follow(
  broker: Broker,
  reader: ShardReader,
  liveSubject: string,
  signal: AbortSignal,
): AsyncGenerator<ScannedEvent[]> {
  const notifier = createNotifier();
  const feed = broker.nc.subscribe(liveSubject, { callback: () => notifier.notify() });
  try {
    while (!signal.aborted) {
      const events = await reader.next().catch(noneWhileAway);
      if (events.length > 0) yield events;
      else await notifier.wait(pollMs, signal);
    }
  } finally {
    feed.unsubscribe();
  }
}

function noneWhileAway(error: unknown): ScannedEvent[] {
  if (isStoreError(error, "STORE_UNAVAILABLE")) return [];
  throw error;
}
