import type { StreamInfo as JetStreamInfo, StreamState } from "@nats-io/jetstream";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { isHalfRepaired } from "./repair-stream.ts";
import type { Member } from "./watch-replicas.ts";
import { channelIdOf, channelStream, createNames, shardEvents } from "./subjects.ts";
import { shardsKey } from "./stream-settings.ts";

/** A stream as its leader describes it, reduced to what operators ask about. */
export interface StreamReport {
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  readonly subjects: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Null in an empty stream. */
  readonly firstAtMs: number | null;
  readonly lastAtMs: number | null;
  readonly replicas: number;
  /** Names of the servers that hold a copy but are behind or away. */
  readonly laggingReplicas: readonly string[];
  /** Beside the leader, as the leader sees them. */
  readonly members: readonly Member[];
  /** Its replicas are being rebuilt, or that was interrupted. */
  readonly isHalfRepaired: boolean;
  readonly leader: string | null;
  /** 0: no limit. */
  readonly maxAgeMs: number;
  /** What `provision` wrote down: how many event streams there are. Null for other streams. */
  readonly shards: number | null;
}

/** The part of JetStream's answer that a report is made of. */
export type StreamInfo = Pick<JetStreamInfo, "config" | "state" | "cluster">;

interface StreamPage {
  readonly total: number;
  readonly streams: readonly StreamInfo[] | null;
  /** Streams whose leader did not answer. */
  readonly missing?: readonly string[];
}

/** Every stream of the region: events, deadlines, documents, blobs. Rejects when the list would not be complete. */
export async function inspectStreams(broker: Broker, region: string): Promise<StreamReport[]> {
  const reports: StreamReport[] = [];
  for (let offset = 0; ;) {
    const page = await broker.api<StreamPage>("STREAM.LIST", { offset });
    if (page.missing !== undefined && page.missing.length > 0) {
      throw new StoreError("STORE_UNAVAILABLE", `streams without a leader: ${page.missing.join(", ")}`);
    }
    const streams = page.streams ?? [];
    offset += streams.length;
    reports.push(...streams.filter(({ config }) => isOurs(config.name, region)).map(toReport));
    if (streams.length === 0 || offset >= page.total) break;
  }
  return reports.sort((left, right) => left.stream.localeCompare(right.stream, "en", { numeric: true }));
}

export const isOurs = (stream: string, region: string): boolean =>
  new RegExp(`^(P4_CHANNELS_${region}_\\d+|(KV|OBJ)_P4_[A-Z]+_${region})$`).test(stream);

export function toReport({ config, state, cluster }: StreamInfo): StreamReport {
  const isEmpty = state.messages === 0;
  const shards = config.metadata?.[shardsKey];
  return {
    stream: config.name,
    messages: state.messages,
    bytes: state.bytes,
    subjects: state.num_subjects ?? 0,
    firstSequence: state.first_seq,
    lastSequence: state.last_seq,
    firstAtMs: isEmpty ? null : Date.parse(state.first_ts),
    lastAtMs: isEmpty ? null : Date.parse(state.last_ts),
    replicas: config.num_replicas,
    laggingReplicas: (cluster?.replicas ?? []).filter((peer) => !peer.current || peer.offline).map(({ name }) => name),
    members: (cluster?.replicas ?? []).map(({ name, current, offline = false, lag = 0 }) => ({
      name,
      current,
      offline,
      lag,
    })),
    isHalfRepaired: isHalfRepaired(config),
    leader: cluster?.leader ?? null,
    maxAgeMs: config.max_age / 1_000_000,
    shards: shards === undefined ? null : Number(shards),
  };
}

/** Last sequence of each shard, by its leader: where a projection that starts now would go on. */
export async function endOfLog(
  broker: Broker,
  options: { readonly region: string; readonly shards: number },
): Promise<Map<number, number>> {
  const names = createNames(options.region, options.shards);
  const shards = Array.from({ length: names.shards }, (_, shard) => shard);
  const ends = await Promise.all(
    shards.map((shard) => broker.api<{ state: StreamState }>(`STREAM.INFO.${channelStream(names, shard)}`)),
  );
  return new Map(ends.map(({ state }, shard) => [shard, state.last_seq]));
}

/**
 * Refuses to work on a broker that holds no log of this region, or one with another number of shards, in which channels
 * would be looked for where they are not. Creates nothing.
 *
 * @throws StoreError STORE_MISSING, STORE_MISCONFIGURED
 */
export async function assertLog(
  broker: Broker,
  { region, shards }: { readonly region: string; readonly shards: number },
): Promise<void> {
  const events = (await inspectStreams(broker, region)).filter((report) => report.shards !== null);
  if (events.length === 0) throw new StoreError("STORE_MISSING", `${broker.url} holds no log of region ${region}`);
  const other = events.find((report) => report.shards !== shards);
  if (other !== undefined) {
    const detail = `${other.stream} was made for ${String(other.shards)} shards, not ${shards}`;
    throw new StoreError("STORE_MISCONFIGURED", detail);
  }
  if (events.length !== shards) {
    throw new StoreError("STORE_MISSING", `${events.length} of ${shards} event streams of region ${region}`);
  }
}

export interface ListedChannel {
  readonly channelId: string;
  readonly shard: number;
  readonly events: number;
}

/** Every channel that the log holds, by the broker's own index of subjects: no event is read. */
export async function* listChannels(
  broker: Broker,
  options: { readonly region: string; readonly shards: number },
): AsyncGenerator<ListedChannel> {
  const names = createNames(options.region, options.shards);
  for (let shard = 0; shard < names.shards; shard++) {
    const filter = { subjects_filter: shardEvents(names, shard) };
    for (let offset = 0; ;) {
      const { state, total = 0 } = await broker.api<{
        readonly state: Pick<StreamState, "subjects">;
        readonly total?: number;
      }>(`STREAM.INFO.${channelStream(names, shard)}`, { ...filter, offset });
      const page = Object.entries(state.subjects ?? {});
      for (const [subject, events] of page) yield { channelId: channelIdOf(subject), shard, events };
      offset += page.length;
      if (page.length === 0 || offset >= total) break;
    }
  }
}
