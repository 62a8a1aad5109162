import { isStoreError, shardOf, StoreError, type StoreErrorCode } from "@p4/event-store";

/** What a connected broker refuses until an operator repairs it. The rest passes by itself, or is one channel's own. */
const lasting: ReadonlySet<StoreErrorCode> = new Set([
  "STORE_FULL",
  "STORE_FORBIDDEN",
  "STORE_MISSING",
  "STORE_MISCONFIGURED",
  "STORE_NOT_ENABLED",
  "STORE_SERVER_TOO_OLD",
]);

/** Unanswered appends that lie further apart than this say nothing together. */
const togetherMs = 5_000;
/** The first wait before a probe may close the breaker. It doubles when it opens again soon after. */
const [shortestHoldMs, longestHoldMs] = [2_000, 300_000];
const relapseMs = 60_000;
/** A stream whose disk is full gives no answer to an append. One that is between two leaders does not either, but soon again. */
const silentAppends = 3;
const reportEveryMs = 10_000;

/** True when the broker is the cause, so that the wallet may come again later and the operator has to look. */
export function isBrokerTrouble(error: unknown): error is StoreError {
  return isStoreError(error) && lasting.has(error.code);
}

/**
 * A circuit breaker over what the broker stores. Open while its last refusal stands or its appends stay unanswered; in
 * doubt (half open) on a new connection, until something was stored. An unready node gets no wallets, whose appends would
 * tell: only a probe closes it then.
 */
export class StoreBreaker {
  readonly #shards: number;
  readonly #report: (error: StoreError) => void;
  #last: StoreError | null = null;
  #seenMs = 0;
  /** Connected again, and nothing was stored since. */
  #isInDoubt = false;
  #holdMs = shortestHoldMs;
  /** When a probe ended the last trouble. */
  #probedMs = -Infinity;
  #reportedMs = -Infinity;
  /** Appends in a row that a connected broker left unanswered, and the shards that they were for. */
  #unanswered = 0;
  readonly #silentShards = new Set<number>();
  #unansweredMs = 0;

  /** `report` hears of an error when it is new, and then not more often than a person can read. */
  constructor(shards: number, report: (error: StoreError) => void) {
    this.#shards = shards;
    this.#report = report;
  }

  /** Why it is open; null when it is not. */
  get trouble(): StoreError | null {
    return this.#last;
  }

  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  /** Another connection starts without blame, and without trust: it counts once something was stored. */
  reconnected(): void {
    this.#last = null;
    this.#isInDoubt = true;
    this.#forgetUnanswered();
  }

  /** Tries to store something, when that is in question. `store` rejects when it cannot. */
  async probe(store: () => Promise<unknown>): Promise<void> {
    const sinceMs = performance.now() - this.#seenMs;
    const isDue = this.#last === null ? this.#isInDoubt : sinceMs >= this.#holdMs;
    if (!isDue) return;
    try {
      await store();
    } catch (error) {
      return this.note(error);
    }
    // A refusal meanwhile is newer than what was asked.
    if (performance.now() - this.#seenMs < sinceMs) return;
    if (this.#last !== null) this.#probedMs = performance.now();
    this.#last = null;
    this.#isInDoubt = false;
  }

  /** `isReported`: the operator has been told. */
  note(error: unknown, isReported = false): void {
    if (isBrokerTrouble(error)) this.#remember(error, isReported);
  }

  appendFailed(error: unknown, channelId: string, isConnected: boolean): void {
    if (!isStoreError(error, "STORE_UNAVAILABLE") || !isConnected) return this.note(error);
    const nowMs = performance.now();
    if (nowMs - this.#unansweredMs >= togetherMs) this.#forgetUnanswered();
    this.#unansweredMs = nowMs;
    this.#unanswered++;
    this.#silentShards.add(shardOf(channelId, this.#shards));
    // One shard may be without a leader while the others serve: that is no reason to refuse other channels.
    if (this.#unanswered < silentAppends || this.#silentShards.size < Math.min(2, this.#shards)) return;
    const detail = `${String(this.#unanswered)} appends without an answer: look at the way to the broker, its disk space and its log`;
    this.#remember(new StoreError("STORE_UNAVAILABLE", `it is connected but stores nothing; ${detail}`));
  }

  /** Silence is over with the first answer; other refusals may be those of one stream, and are left to the probe. */
  appended(): void {
    this.#forgetUnanswered();
    this.#isInDoubt = false;
    if (this.#last?.code === "STORE_UNAVAILABLE") this.#last = null;
  }

  #forgetUnanswered(): void {
    this.#unanswered = 0;
    this.#silentShards.clear();
  }

  #remember(error: StoreError, isReported = false): void {
    const nowMs = performance.now();
    const isNews = error.code !== this.#last?.code || nowMs - this.#reportedMs >= reportEveryMs;
    if (this.#last === null) {
      const isRelapse = nowMs - this.#probedMs < relapseMs;
      this.#holdMs = isRelapse ? Math.min(this.#holdMs * 2, longestHoldMs) : shortestHoldMs;
    }
    this.#last = error;
    this.#seenMs = nowMs;
    if (!isNews) return;
    this.#reportedMs = nowMs;
    if (!isReported) this.#report(error);
  }
}
