import type { ChannelSummary } from "@p4/channel";
import { decodeDocument, encodeDocument, isStoreError, type DocumentStore } from "@p4/event-store";
import type { ChannelIndex } from "./channel-index.ts";
import { forEachConcurrently } from "./for-each-concurrently.ts";
import { mergeRanges, type RevisionRange } from "./revision-ranges.ts";

export interface OverdueChannelsOptions {
  /** The index's own bucket: what is remembered goes when the index goes. */
  readonly documents: DocumentStore;
  readonly index: Pick<ChannelIndex, "catchUp">;
  /** Documents of one range; default 1,000. */
  readonly rangeDocuments?: number;
}

export interface Sweep {
  /** A channel is overdue when its deadline is before this moment, milliseconds since 1970. */
  readonly dueBeforeMs: number;
  /** Ends the channel. Gets it again with each sweep until the index shows that it has ended, or lives longer. */
  readonly onOverdue: (channelId: string) => Promise<void>;
  readonly onError: (channelId: string, error: unknown) => void;
  readonly signal?: AbortSignal;
}

/** What all sweepers remember together. */
interface SweepState {
  /** Revision of the last document that was looked at. */
  readonly upTo: number;
  /** Ranges of revisions, under the name that stored documents have. */
  readonly stretches: readonly RevisionRange[];
}

interface Looked {
  readonly upTo: number;
  readonly ranges: readonly RevisionRange[];
  /** Whether everything that was asked for has been seen; never, when the end was not known. */
  readonly isWhole: boolean;
}

interface Looking {
  readonly ranges: OpenRange[];
  isWhole: boolean;
}

interface OpenRange {
  readonly after: number;
  upTo: number;
  dueAtMs: number;
  documents: number;
}

const sweepKey = "sweep";
const maxRanges = 256;
const concurrency = 32;
const ended: ReadonlySet<ChannelSummary["state"]> = new Set(["expired", "closed", "damaged", "unopened"]);

/**
 * Finds the open channels whose deadline has passed, by the index, and not by the broker's timers: those may be lost.
 * A summary keeps its revision until its channel changes. So a sweep looks at the summaries that are new since the last
 * sweep, and again at the ranges whose earliest deadline has come; the others cost nothing. Any number of processes
 * may sweep: what they remember is one document, and the log takes one expiry.
 */
export class OverdueChannels {
  readonly #options: OverdueChannelsOptions;

  constructor(options: OverdueChannelsOptions) {
    this.#options = options;
  }

  /** When a process last swept, by the broker's clock; null before the first time. */
  async lastRunMs(): Promise<number | null> {
    return (await this.#options.documents.get(sweepKey))?.storedAtMs ?? null;
  }

  /**
   * @throws StoreError; what was found until then has been handed out, and will be found again if it is still open. An
   *   index that cannot take in what is new (a shard has no leader) is swept as it stands first.
   */
  async sweep(sweep: Sweep): Promise<void> {
    const { signal } = sweep;
    const caughtUp = this.#options.index.catchUp(signal === undefined ? {} : { signal });
    await caughtUp.catch(() => undefined);
    signal?.throwIfAborted();
    await this.#sweepIndex(sweep);
    await caughtUp;
  }

  async #sweepIndex(sweep: Sweep): Promise<void> {
    const { documents } = this.#options;
    const stored = await documents.get(sweepKey);
    const known = decodeDocument<SweepState>(stored) ?? { upTo: 0, stretches: [] };
    const ranges: RevisionRange[] = [];
    for (const range of known.stretches) {
      if (range.dueAtMs >= sweep.dueBeforeMs) {
        ranges.push(range);
        continue;
      }
      const looked = await this.#look(range.after, range.upTo, sweep);
      ranges.push(...looked.ranges);
      // The replica that answered lags behind: the rest stays due.
      if (!looked.isWhole) ranges.push({ ...range, after: looked.upTo });
    }
    const tail = await this.#look(known.upTo, Infinity, sweep);
    ranges.push(...tail.ranges);
    const state: SweepState = { upTo: tail.upTo, stretches: mergeRanges(ranges, maxRanges) };
    try {
      await documents.put(sweepKey, encodeDocument(state), stored?.revision ?? 0);
    } catch (error) {
      // Another process has swept meanwhile: what it remembers is as good.
      if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
    }
  }

  async #look(after: number, upTo: number, sweep: Sweep): Promise<Looked> {
    const looked: Looking = { ranges: [{ after, upTo: after, dueAtMs: Infinity, documents: 0 }], isWhole: false };
    await forEachConcurrently(this.#overdueChannels(after, upTo, looked, sweep), concurrency, async (channelId) => {
      try {
        await sweep.onOverdue(channelId);
      } catch (error) {
        sweep.onError(channelId, error);
      }
    });
    const { ranges, isWhole } = looked;
    const open = ranges.filter(({ dueAtMs }) => dueAtMs !== Infinity);
    return {
      upTo: ranges.at(-1)?.upTo ?? after,
      ranges: open.map(({ after, upTo, dueAtMs }) => ({ after, upTo, dueAtMs })),
      isWhole,
    };
  }

  /** Notes what it passes in `looked`, and gives the overdue ones. */
  async *#overdueChannels(after: number, upTo: number, looked: Looking, { dueBeforeMs, signal }: Sweep) {
    const { documents, rangeDocuments = 1_000 } = this.#options;
    for await (const document of documents.entries("channel.", { afterRevision: after })) {
      signal?.throwIfAborted();
      looked.isWhole = document.revision >= upTo;
      if (document.revision > upTo) return;
      let range = looked.ranges.at(-1);
      if (range === undefined || range.documents >= rangeDocuments) {
        range = { after: range?.upTo ?? after, upTo: after, dueAtMs: Infinity, documents: 0 };
        looked.ranges.push(range);
      }
      range.documents++;
      range.upTo = document.revision;
      const summary = decodeDocument<ChannelSummary>(document);
      if (summary === null || ended.has(summary.state)) continue;
      // Also of those that are ended now: a log that lags behind may have refused it, and only the index tells.
      range.dueAtMs = Math.min(range.dueAtMs, summary.expiresAtMs);
      if (summary.expiresAtMs < dueBeforeMs) yield summary.channelId;
    }
  }
}
