import type { EventLog, ScannedEvent, ScanOptions } from "@p4/event-store";
import { append } from "./append.ts";
import type { Broker } from "./broker.ts";
import { mergePages } from "./merge.ts";
import { readStream } from "./read-stream.ts";
import { scanShard } from "./scan.ts";
import { streamVersions } from "./stream-versions.ts";
import { createNames, type Names } from "./subjects.ts";

export interface EventLogOptions {
  readonly region: string;
  /** As provisioned. */
  readonly shards: number;
}

/** The event log on JetStream: one subject per channel, guarded by the subject's last sequence. */
export function createEventLog(broker: Broker, options: EventLogOptions): EventLog {
  const names = createNames(options.region, options.shards);
  return {
    appendToStream: (request) => append(broker, names, request),
    readStream: (channelId, readOptions) => readStream(broker, names, channelId, readOptions),
    streamVersions: (channelIds) => streamVersions(broker, names, channelIds),
    scan: (scanOptions = {}) => scan(broker, names, scanOptions),
  };
}

async function* scan(broker: Broker, names: Names, options: ScanOptions): AsyncGenerator<ScannedEvent> {
  // Ends the shards that wait for news when the caller leaves the loop.
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const shards = Array.from({ length: names.shards }, (_, shard) => scanShard(broker, names, shard, { ...options, signal }));
  try {
    yield* mergePages(shards);
  } finally {
    left.abort();
  }
}
