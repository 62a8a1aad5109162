import type { BlobStore } from "./blob-store.ts";
import { decodePointer, encodePointer, looksLikePointer } from "./claim-check-pointer.ts";
import { StoreError } from "./errors.ts";
import type { AppendRequest, AppendResult, EventLog, ReadOptions, ScannedEvent, ScanOptions } from "./event-log.ts";
import type { LiveFeed } from "./live-feed.ts";
import { assertChannelId, assertEventId } from "./names.ts";
import { READ_FROM_LOG, type LiveEvent, type StoredEvent, type StreamVersion } from "./stored-event.ts";

export interface ClaimCheckOptions {
  /** Events with more bytes than this go to the blob store. */
  readonly thresholdBytes: number;
  /** SHA-256 as 64 lower-case hex digits. */
  readonly sha256Hex: (bytes: Uint8Array) => string;
}

/**
 * The claim check pattern: an event that is larger than the log takes is kept as a blob, and the log holds a pointer to
 * it. Readers get the very bytes that were appended, checked by their hash. The blob is stored first, so that no
 * pointer leads nowhere; an append that fails leaves a blob without a pointer, until its age takes it.
 *
 * Reads also reject with STORE_BLOB_MISSING and STORE_BLOB_DAMAGED.
 */
export function withClaimCheck(
  log: EventLog,
  feed: LiveFeed,
  blobs: BlobStore,
  options: ClaimCheckOptions,
): { readonly log: EventLog; readonly feed: LiveFeed } {
  return { log: new ClaimCheckLog(log, blobs, options), feed: withPointersAsGaps(feed) };
}

class ClaimCheckLog implements EventLog {
  readonly #log: EventLog;
  readonly #blobs: BlobStore;
  readonly #options: ClaimCheckOptions;

  constructor(log: EventLog, blobs: BlobStore, options: ClaimCheckOptions) {
    this.#log = log;
    this.#blobs = blobs;
    this.#options = options;
  }

  async readStream(channelId: string, options?: ReadOptions): Promise<StoredEvent[]> {
    const events = await this.#log.readStream(channelId, options);
    // Nearly all channels are without large events: no promise for each of theirs.
    if (!events.some(({ bytes }) => looksLikePointer(bytes))) return events;
    const { maxBytes } = options ?? {};
    if (maxBytes === undefined) return Promise.all(events.map((event) => this.#resolve(event)));
    return this.#resolveSome(events, maxBytes);
  }

  /** Many pointers fit into what few of the events take that they stand for. */
  async #resolveSome(events: readonly StoredEvent[], maxBytes: number): Promise<StoredEvent[]> {
    const resolved: StoredEvent[] = [];
    let sizeBytes = 0;
    for (const event of events) {
      if (sizeBytes >= maxBytes) break;
      const found = await this.#resolve(event);
      resolved.push(found);
      sizeBytes += found.bytes.length;
    }
    return resolved;
  }

  streamVersions(channelIds: readonly string[]): Promise<ReadonlyMap<string, StreamVersion>> {
    return this.#log.streamVersions(channelIds);
  }

  async appendToStream(request: AppendRequest): Promise<AppendResult> {
    const { bytes } = request;
    // An event that could be taken for a pointer goes the long way too, so that a pointer is always a pointer.
    if (bytes.length <= this.#options.thresholdBytes && !looksLikePointer(bytes)) {
      return this.#log.appendToStream(request);
    }
    assertChannelId(request.channelId);
    assertEventId(request.eventId);
    const sha256 = this.#options.sha256Hex(bytes);
    await this.#blobs.put(sha256, bytes);
    return this.#log.appendToStream({ ...request, bytes: encodePointer({ sha256, sizeBytes: bytes.length }) });
  }

  async *scan(options?: ScanOptions): AsyncGenerator<ScannedEvent> {
    for await (const event of this.#log.scan(options)) {
      yield looksLikePointer(event.bytes) ? await this.#resolve(event) : event;
    }
  }

  async #resolve<Event extends StoredEvent>(event: Event): Promise<Event> {
    if (!looksLikePointer(event.bytes)) return event;
    const place = `${event.channelId} at ${String(event.streamVersion)}`;
    const pointer = decodePointer(event.bytes);
    if (pointer === null) throw new StoreError("STORE_BLOB_DAMAGED", `${place}: the pointer cannot be read`);
    const bytes = await this.#blobs.get(pointer.sha256);
    if (bytes === null) throw new StoreError("STORE_BLOB_MISSING", `${place}: blob ${pointer.sha256}`);
    if (this.#options.sha256Hex(bytes) !== pointer.sha256) {
      throw new StoreError("STORE_BLOB_DAMAGED", `${place}: blob ${pointer.sha256} has other bytes`);
    }
    return { ...event, bytes };
  }
}

/** The feed does not fetch: a listener that has the event already, such as its author, would fetch it for nothing. */
function withPointersAsGaps(feed: LiveFeed): LiveFeed {
  const asGap = (event: LiveEvent): LiveEvent => ({
    ...event,
    previousStreamVersion: READ_FROM_LOG,
    bytes: new Uint8Array(),
  });
  return {
    subscribe: (channelId, listener) =>
      feed.subscribe(channelId, (event) => listener(looksLikePointer(event.bytes) ? asGap(event) : event)),
    onReconnect: (listener) => feed.onReconnect(listener),
    settled: () => feed.settled(),
  };
}
