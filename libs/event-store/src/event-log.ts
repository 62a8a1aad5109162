import type { StoredEvent, StreamVersion } from "./stored-event.ts";

export interface AppendRequest {
  readonly channelId: string;
  /** Identifies the event within its channel: appending it twice stores it once. */
  readonly eventId: string;
  readonly bytes: Uint8Array;
  /** The version that the decision was made on; STREAM_DOES_NOT_EXIST for the first event. */
  readonly expectedStreamVersion: StreamVersion;
  /** W3C trace context of this append. Travels beside the event to the live feed; no part of its bytes. */
  readonly traceparent?: string;
}

export interface AppendResult {
  readonly nextExpectedStreamVersion: StreamVersion;
  /** True when this very event had been stored before (a retry after a lost answer). */
  readonly duplicate: boolean;
}

export interface ReadOptions {
  /** Only events after this version. */
  readonly afterVersion?: StreamVersion;
  /** Upper limit of the number of events; the first ones are given. */
  readonly maxEvents?: number;
  /** Stops after the event that reaches this number of bytes. */
  readonly maxBytes?: number;
  /** Only events stored up to this time, milliseconds since 1970. */
  readonly upToMs?: number;
  /**
   * Ask the stream's leader, so that everything acknowledged before this call is in the answer. Slower; for evidence.
   * Without it a replica may answer and lag a little, which is harmless before an append: the expected version guards it.
   */
  readonly consistent?: boolean;
}

export interface ScanOptions {
  /** Per shard: start after this global position (the resume point of a projection). */
  readonly afterPosition?: ReadonlyMap<number, number>;
  /** These shards alone, so that damage in one does not end the others. */
  readonly shards?: readonly number[];
  /** Continue with new events until aborted, instead of ending at the log's current end. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

/** An event met by a scan over all channels, in the order of its shard. */
export interface ScannedEvent extends StoredEvent {
  readonly shard: number;
  /** Events left in this shard behind this one, as far as the broker knew. */
  readonly pending: number;
}

/**
 * The append-only log of all channels: one stream per channel.
 *
 * All calls reject with {@link StoreError}: STORE_VERSION_CONFLICT when `expectedStreamVersion` is not the channel's
 * last version, STORE_UNAVAILABLE and friends when the broker cannot answer.
 */
export interface EventLog {
  readStream(channelId: string, options?: ReadOptions): Promise<StoredEvent[]>;
  appendToStream(request: AppendRequest): Promise<AppendResult>;
  /**
   * Last versions of many channels at once; a channel without events is missing from the answer. When a part of the log
   * does not answer, the error has what the others said: see `foundVersions`.
   */
  streamVersions(channelIds: readonly string[]): Promise<ReadonlyMap<string, StreamVersion>>;
  /** Every event of every channel. Order is kept within a channel, not across shards. */
  scan(options?: ScanOptions): AsyncIterable<ScannedEvent>;
}
