import { isLogError, machineVersion, summarize, summarizeDamaged, type ChannelSummary } from "@p4/channel";
import {
  decodeDocument as decode,
  encodeDocument as encode,
  retryOnConflict,
  type DocumentStore,
  type EventLog,
  type ScannedEvent,
} from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";
import { foldChannel } from "./fold-channel.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";
import { isDamage } from "./is-damage.ts";
import { checkpointKey, readCheckpoint, writeCheckpoint } from "./index-checkpoint.ts";
import { Turns } from "./turns.ts";

export interface ChannelIndexOptions {
  readonly documents: DocumentStore;
  /** Folded for the summaries. */
  readonly log: Pick<EventLog, "readStream">;
  /** Tells which channels have changed. Their events' bytes are not looked at: those that lie beside the log need not be fetched. */
  readonly scan: EventLog["scan"];
  /** Every channel of the log, for a rebuild. */
  readonly listChannels: () => AsyncIterable<{ readonly channelId: string }>;
  /** Last position of each shard. */
  readonly endOfLog: () => Promise<ReadonlyMap<number, number>>;
}

export interface IndexRun {
  readonly signal?: AbortSignal;
  /** Channels written so far. */
  readonly onProgress?: (channels: number) => void;
}

/** Reads and writes of one channel wait for the broker, hence channels go side by side. */
const concurrency = 128;
/** A batch of changes ends with a checkpoint: after this many channels, or events. */
const batchChannels = 2_000;
const batchEvents = 20_000;
/** Of one document, in a row. */
const maxConflicts = 32;
/** Found by one transaction. Anyone can submit the same one on any number of channels: its document must not outgrow the broker. */
const maxChannelsOfTxid = 1_000;
/** How many channels a run remembers as up to date: those with many events are not written for each of them. */
const maxRemembered = 100_000;

/**
 * A projection of the log into documents: one summary per channel, and the channels of each transaction. It can be
 * rebuilt from the log at any time. Any number of processes may keep it up: a summary is a function of the log, newer
 * ones win, and a checkpoint only says what has been looked at.
 */
export class ChannelIndex {
  readonly #options: ChannelIndexOptions;
  readonly #machine = machineVersion(sha256Hex);
  readonly #txidTurns = new Turns();

  constructor(options: ChannelIndexOptions) {
    this.#options = options;
  }

  /** When a process last brought it up to date, by the broker's clock; null before the first time. */
  async lastRunMs(): Promise<number | null> {
    return (await readCheckpoint(this.#options.documents, this.#machine))?.storedAtMs ?? null;
  }

  /** Takes in what the log has got since the last time; the whole log when there is no usable last time. */
  async catchUp(run: IndexRun = {}): Promise<void> {
    const checkpoint = await readCheckpoint(this.#options.documents, this.#machine);
    if (checkpoint === null) return this.rebuild(run);
    const { onProgress, signal } = run;
    const positions = new Map(checkpoint.positions);
    const upToDate = new Map<string, number>();
    let written = 0;
    let changed = new Map<string, number>();
    let events = 0;
    const flush = async (): Promise<void> => {
      await this.#refreshAll(changed, upToDate, () => onProgress?.(++written));
      await writeCheckpoint(this.#options.documents, this.#machine, positions);
      changed = new Map();
      events = 0;
    };
    const scan = this.#options.scan({
      afterPosition: checkpoint.positions,
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      for await (const event of scan) {
        noteChange(event, positions, changed);
        events++;
        if (changed.size >= batchChannels || events >= batchEvents) await flush();
      }
    } finally {
      // A shard without a leader must not keep the others' channels out.
      if (events > 0 && signal?.aborted !== true) await flush();
    }
    signal?.throwIfAborted();
  }

  /** Rewrites every channel of the log and forgets those that the log no longer has. */
  async rebuild({ signal, onProgress }: IndexRun = {}): Promise<void> {
    const { documents, endOfLog, listChannels } = this.#options;
    await documents.delete(checkpointKey);
    const positions = await endOfLog();
    const firstRevision = await documents.set("rebuild", new Uint8Array());
    let written = 0;
    await forEachConcurrently(listChannels(), concurrency, async ({ channelId }) => {
      signal?.throwIfAborted();
      await this.#write(await this.#summary(channelId, 0), true);
      onProgress?.(++written);
    });
    for await (const { key, revision } of documents.entries("channel.")) {
      if (revision < firstRevision) await documents.delete(key);
    }
    await writeCheckpoint(documents, this.#machine, positions);
  }

  async find(channelId: string): Promise<ChannelSummary | null> {
    return decode<ChannelSummary>(await this.#options.documents.get(`channel.${channelId}`));
  }

  /** The channels on which a transaction was submitted. */
  async findByTxid(txid: string): Promise<ChannelSummary[]> {
    const known = decode<TxidEntry>(await this.#options.documents.get(`txid.${txid}`));
    const summaries = await Promise.all((known?.channelIds ?? []).map((channelId) => this.find(channelId)));
    return summaries.filter((summary) => summary?.txids.includes(txid) === true) as ChannelSummary[];
  }

  async *all(): AsyncGenerator<ChannelSummary> {
    for await (const { summary } of this.changes()) yield summary;
  }

  /** Summaries that were written after this revision, in the order of their writing: who keeps them in memory follows by it. */
  async *changes(afterRevision = 0): AsyncGenerator<{ readonly summary: ChannelSummary; readonly revision: number }> {
    for await (const document of this.#options.documents.entries("channel.", { afterRevision })) {
      const summary = decode<ChannelSummary>(document);
      if (summary !== null) yield { summary, revision: document.revision };
    }
  }

  async #refreshAll(
    changed: ReadonlyMap<string, number>,
    upToDate: Map<string, number>,
    onWritten: () => void,
  ): Promise<void> {
    await forEachConcurrently(iterate(changed), concurrency, async ([channelId, atLeast]) => {
      if ((upToDate.get(channelId) ?? 0) >= atLeast) return;
      const summary = await this.#summary(channelId, atLeast);
      await this.#write(summary, false);
      if (upToDate.size >= maxRemembered) upToDate.clear();
      upToDate.set(channelId, summary.streamVersion);
      onWritten();
    });
  }

  /** A replica may lag behind the one that told of the change: then the leader is asked. */
  async #summary(channelId: string, atLeast: number): Promise<ChannelSummary> {
    try {
      const channel = await foldChannel(this.#options.log, channelId);
      if (channel.streamVersion >= atLeast) return summarize(channel);
      return summarize(await foldChannel(this.#options.log, channelId, { consistent: true }));
    } catch (error) {
      // A damaged channel is a finding, not a reason to leave the others unlisted.
      if (!isDamage(error)) throw error;
      const streamVersion = isLogError(error) ? Math.max(error.streamVersion, atLeast) : atLeast;
      return summarizeDamaged(channelId, streamVersion, `${error.code}: ${error.message}`);
    }
  }

  async #write(summary: ChannelSummary, isRebuild: boolean): Promise<void> {
    const { documents } = this.#options;
    for (const txid of summary.txids) await this.#addToTxid(txid, summary.channelId);
    const key = `channel.${summary.channelId}`;
    const bytes = encode(summary);
    if (isRebuild) return void (await documents.set(key, bytes));
    await retryOnConflict(async () => {
      const stored = await documents.get(key);
      const known = decode<ChannelSummary>(stored);
      if (known !== null && known.streamVersion >= summary.streamVersion) return;
      await documents.put(key, bytes, stored?.revision ?? 0);
    }, maxConflicts);
  }

  /** One after the other: many channels of one transaction would only take the document from each other. */
  #addToTxid(txid: string, channelId: string): Promise<void> {
    const { documents } = this.#options;
    const key = `txid.${txid}`;
    const add = async (): Promise<void> => {
      const stored = await documents.get(key);
      const { channelIds } = decode<TxidEntry>(stored) ?? { channelIds: [] };
      if (channelIds.includes(channelId) || channelIds.length >= maxChannelsOfTxid) return;
      await documents.put(key, encode({ channelIds: [...channelIds, channelId] }), stored?.revision ?? 0);
    };
    return this.#txidTurns.take(txid, () => retryOnConflict(add, maxConflicts));
  }
}

interface TxidEntry {
  readonly channelIds: readonly string[];
}

function noteChange(event: ScannedEvent, positions: Map<number, number>, changed: Map<string, number>): void {
  positions.set(event.shard, event.streamVersion);
  changed.set(event.channelId, event.streamVersion);
}

async function* iterate<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
