import { StoreError } from "../errors.ts";
import type { AppendRequest, AppendResult, EventLog, ReadOptions, ScannedEvent, ScanOptions } from "../event-log.ts";
import { assertChannelId, assertEventId, assertTraceparent } from "../names.ts";
import { firstBytes } from "../read-in-portions.ts";
import { shardOf } from "../shard-of.ts";
import { STREAM_DOES_NOT_EXIST, type LiveEvent, type StoredEvent, type StreamVersion } from "../stored-event.ts";

interface LogRecord extends LiveEvent, StoredEvent {
  readonly shard: number;
  readonly eventId: string;
}

export interface InMemoryLogOptions {
  readonly shards: number;
  readonly now: () => number;
  readonly onStored: (event: LiveEvent) => void;
  /** Called before an append, to let a test refuse it. */
  readonly beforeAppend: (request: AppendRequest) => Promise<void>;
  /** Called after an event was stored, to let a test lose the answer. */
  readonly afterAppend: (request: AppendRequest) => Promise<void>;
}

/**
 * The log in memory. Sequences are counted per shard over all channels and skip some numbers, so that no caller comes to
 * rely on `version + 1`.
 */
export class InMemoryEventLog implements EventLog {
  readonly #options: InMemoryLogOptions;
  readonly #shards: LogRecord[][];
  readonly #channels = new Map<string, LogRecord[]>();
  readonly #followers = new Set<() => void>();

  constructor(options: InMemoryLogOptions) {
    this.#options = options;
    this.#shards = Array.from({ length: options.shards }, () => []);
  }

  async appendToStream(request: AppendRequest): Promise<AppendResult> {
    assertChannelId(request.channelId);
    assertEventId(request.eventId);
    if (request.traceparent !== undefined) assertTraceparent(request.traceparent);
    await this.#options.beforeAppend(request);
    const result = this.#append(request);
    await this.#options.afterAppend(request);
    return result;
  }

  async readStream(channelId: string, options: ReadOptions = {}): Promise<LogRecord[]> {
    assertChannelId(channelId);
    await Promise.resolve();
    const { afterVersion = 0, upToMs = Infinity, maxEvents, maxBytes } = options;
    const found = ({ streamVersion, storedAtMs }: LogRecord) => streamVersion > afterVersion && storedAtMs <= upToMs;
    return firstBytes(this.#of(channelId).filter(found).slice(0, maxEvents), maxBytes);
  }

  async streamVersions(channelIds: readonly string[]): Promise<Map<string, StreamVersion>> {
    await Promise.resolve();
    const versions = new Map<string, StreamVersion>();
    for (const channelId of channelIds) {
      assertChannelId(channelId);
      const last = this.#of(channelId).at(-1);
      if (last !== undefined) versions.set(channelId, last.streamVersion);
    }
    return versions;
  }

  async *scan(options: ScanOptions = {}): AsyncGenerator<ScannedEvent> {
    const positions = this.#shards.map((_, shard) => options.afterPosition?.get(shard) ?? 0);
    for (;;) {
      const ring = this.#nextStored(options.signal);
      for (const [shard, events] of this.#shards.entries()) {
        if (options.shards?.includes(shard) === false) continue;
        const found = events.filter((event) => event.streamVersion > (positions[shard] ?? 0));
        for (const [i, event] of found.entries()) {
          if (options.signal?.aborted === true) return;
          positions[shard] = event.streamVersion;
          yield { ...event, pending: found.length - 1 - i };
        }
      }
      if (options.follow !== true || options.signal?.aborted === true) return;
      await ring;
    }
  }

  #append({ channelId, eventId, bytes, expectedStreamVersion, traceparent }: AppendRequest): AppendResult {
    const events = this.#of(channelId);
    const stored = events.find((event) => event.eventId === eventId);
    if (stored !== undefined) return { nextExpectedStreamVersion: stored.streamVersion, duplicate: true };
    const previousStreamVersion = events.at(-1)?.streamVersion ?? STREAM_DOES_NOT_EXIST;
    if (expectedStreamVersion !== previousStreamVersion) {
      throw new StoreError(
        "STORE_VERSION_CONFLICT",
        `${channelId}: expected ${expectedStreamVersion}, found ${previousStreamVersion}`,
      );
    }
    const shard = shardOf(channelId, this.#shards.length);
    const log = this.#shards[shard] as LogRecord[];
    const streamVersion = (log.at(-1)?.streamVersion ?? 0) + 1 + (log.length % 3);
    const storedAtMs = this.#options.now();
    const stamp = { streamVersion, previousStreamVersion, storedAtMs };
    const beside = traceparent === undefined ? {} : { traceparent };
    const event = { channelId, eventId, shard, ...stamp, ...beside, bytes: bytes.slice() };
    log.push(event);
    events.push(event);
    this.#channels.set(channelId, events);
    this.#options.onStored(event);
    for (const ring of this.#followers) ring();
    return { nextExpectedStreamVersion: streamVersion, duplicate: false };
  }

  #of(channelId: string): LogRecord[] {
    return this.#channels.get(channelId) ?? [];
  }

  #nextStored(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const ring = (): void => {
        this.#followers.delete(ring);
        resolve();
      };
      this.#followers.add(ring);
      signal?.addEventListener("abort", ring, { once: true });
    });
  }
}
