/**
 * Version of one channel's stream. Opaque: on JetStream it is the stream sequence of the channel's last event, so it
 * grows with gaps. Compare it, hand it back; never compute `version + 1`.
 */
export type StreamVersion = number;

/** The version of a channel that has no event. */
export const STREAM_DOES_NOT_EXIST: StreamVersion = 0;

/** One event as the log holds it. `bytes` are exactly what was appended; hashes are taken over them. */
export interface StoredEvent {
  readonly channelId: string;
  readonly streamVersion: StreamVersion;
  readonly bytes: Uint8Array;
  /** The broker's own time stamp, milliseconds since 1970. */
  readonly storedAtMs: number;
}

/**
 * In place of a live event's previous version: the event is larger than the feed carries. Its `bytes` are empty; read it
 * from the log. No channel has this version, so that the search for gaps needs no special case.
 */
export const READ_FROM_LOG: StreamVersion = -1;

/** An event from the live feed, which tells the version that it followed, so that a gap can be seen, and no time. */
export interface LiveEvent extends Omit<StoredEvent, "storedAtMs"> {
  /** Or {@link READ_FROM_LOG}. */
  readonly previousStreamVersion: StreamVersion;
  /** As it was appended with, from a feed that reads it. */
  readonly traceparent?: string;
}
