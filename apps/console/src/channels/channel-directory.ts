import type { ChannelSummary } from "@p4/channel";
import { isStoreError } from "@p4/event-store";
import type { ChannelIndex } from "@p4/read-models";

export interface DirectoryOptions {
  readonly index: Pick<ChannelIndex, "catchUp" | "changes">;
  readonly nowMs: () => number;
  /** Null: it can be asked. Otherwise what is wrong. */
  readonly brokerTrouble: () => string | null;
  /** Beyond, those that were written longest ago are left out. */
  readonly maxChannels?: number;
  readonly onError?: (error: unknown) => void;
}

/** A channel with what a search looks at, in lower case. */
export interface KnownChannel {
  readonly summary: ChannelSummary;
  readonly text: string;
}

export interface DirectoryState {
  /** Newest first. */
  readonly channels: readonly KnownChannel[];
  /** Changes with the channels. */
  readonly version: number;
  readonly isReading: boolean;
  readonly asOfMs: number;
  readonly trouble: string | null;
}

const defaultMaxChannels = 250_000;
/** A list on a screen is as old as this at most; the log is asked no more often. */
const freshMs = 1_000;
/** Unused for this long, the index is dropped from memory; the next request reads it again. */
const idleMs = 10 * 60_000;
/** How long a request waits for the first rows, or for the news that there are none. */
const firstLookMs = 600;
/** Enough rows for a first screen; the rest loads in the background. */
const screenful = 100;
/** A reading that takes longer hangs on a broker that is silent. */
const silentMs = 3_000;
/** Taken in before others have their turn. */
const batch = 200;

/**
 * The channel index in memory, for searches that ask no broker. Read on the first request, then followed
 * by the revisions of its documents. Never blocks on the broker: while it is away the answers are stale.
 */
export class ChannelDirectory {
  readonly #options: DirectoryOptions;
  readonly #maxChannels: number;
  #known = new Map<string, KnownChannel>();
  #newestFirst: readonly KnownChannel[] | null = null;
  #revision = 0;
  #version = 0;
  #isReading = true;
  #asOfMs = 0;
  #trouble: string | null = null;
  #running: Promise<void> | null = null;
  #startedAtMs = -Infinity;
  #idle: NodeJS.Timeout | undefined;
  /** Requests that wait for a first screen. */
  #waiting: (() => void)[] = [];
  readonly #stop = new AbortController();

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#maxChannels = options.maxChannels ?? defaultMaxChannels;
  }

  /** Begins to read for a browser that will ask in a moment: it loads the page's script meanwhile. */
  prepare(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#forget(), idleMs).unref();
    if (this.#running === null && this.#options.nowMs() - this.#startedAtMs >= freshMs) this.#refresh();
  }

  async state(): Promise<DirectoryState> {
    this.prepare();
    if (this.#isReading && this.#running !== null && this.#known.size < screenful) {
      const screen = new Promise<void>((resolve) => void this.#waiting.push(resolve));
      await Promise.race([screen, pause(firstLookMs)]);
    }
    this.#newestFirst ??= [...this.#known.values()].sort(
      (left, right) => right.summary.lastEventAtMs - left.summary.lastEventAtMs,
    );
    return {
      channels: this.#newestFirst,
      version: this.#version,
      isReading: this.#isReading,
      asOfMs: this.#asOfMs,
      trouble: this.#troubleNow(),
    };
  }

  #troubleNow(): string | null {
    const isSilent = this.#running !== null && this.#options.nowMs() - this.#startedAtMs > silentMs;
    const silent = isSilent && !this.#isReading ? silence : null;
    return this.#options.brokerTrouble() ?? silent ?? this.#trouble;
  }

  close(): void {
    clearTimeout(this.#idle);
    this.#stop.abort();
  }

  #refresh(): void {
    this.#startedAtMs = this.#options.nowMs();
    const done = this.#read().then(
      () => {
        [this.#isReading, this.#trouble, this.#asOfMs] = [false, null, this.#startedAtMs];
      },
      (error: unknown) => {
        if (this.#stop.signal.aborted) return;
        this.#trouble = isStoreError(error) && error.retryable ? silence : messageOf(error);
        this.#options.onError?.(error);
      },
    );
    this.#running = done.finally(() => {
      this.#running = null;
      this.#show();
    });
  }

  async #read(): Promise<void> {
    const { index } = this.#options;
    const { signal } = this.#stop;
    // What the index has is shown at once; what the log has beyond follows.
    if (this.#revision === 0) await this.#takeIn();
    await index.catchUp({ signal });
    await this.#takeIn();
  }

  async #takeIn(): Promise<void> {
    let taken = 0;
    for await (const { summary, revision } of this.#options.index.changes(this.#revision)) {
      this.#stop.signal.throwIfAborted();
      this.#revision = Math.max(this.#revision, revision);
      this.#add(summary);
      if (this.#known.size === screenful) this.#show();
      if (++taken % batch === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #add(summary: ChannelSummary): void {
    const { channelId, memo, txids } = summary;
    // Written last is kept last.
    this.#known.delete(channelId);
    this.#known.set(channelId, { summary, text: [channelId, memo ?? "", ...txids].join("\n").toLowerCase() });
    if (this.#known.size > this.#maxChannels) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#newestFirst = null;
    this.#version += 1;
  }

  /** There is a first screen, or all that there is. */
  #show(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #forget(): void {
    if (this.#running !== null) return;
    this.#known = new Map();
    this.#newestFirst = null;
    [this.#revision, this.#isReading, this.#startedAtMs] = [0, true, -Infinity];
    this.#version += 1;
  }
}

const silence = "the broker does not answer";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
