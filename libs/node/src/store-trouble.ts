import type { Broker, BrokerStatus } from "@p4/nats";
import type { CheckResult } from "@p4/telemetry";
import { isStoreError, shardOf, StoreError, type EventLog, type StoreErrorCode } from "@p4/event-store";

/** What a connected broker refuses until somebody repairs it. The rest passes by itself, or is one channel's own. */
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
/** The first wait before a probe may end a trouble. It doubles when the trouble comes back soon after. */
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
 * Keeps the broker's last refusal for `/readyz`, until something was stored again, and tells the operator of it, not more
 * often than a person can read. An unready node gets no wallets, whose appends would tell: it has to probe by itself.
 */
export class StoreTrouble {
  readonly #report: (error: StoreError) => void;
  #last: StoreError | null = null;
  #seenMs = 0;
  /** Connected again, and nothing was stored since. */
  #isInDoubt = false;
  #holdMs = shortestHoldMs;
  /** When a probe ended the last trouble. */
  #probedMs = -Infinity;
  #reportedMs = -Infinity;
  readonly #shards: number;
  /** Appends in a row that a connected broker left unanswered, and the shards that they were for. */
  #unanswered = 0;
  readonly #silentShards = new Set<number>();
  #unansweredMs = 0;

  constructor(shards: number, report: (error: StoreError) => void) {
    this.#shards = shards;
    this.#report = report;
  }

  /** Null: nothing was refused since something was stored. */
  get current(): StoreError | null {
    return this.#last;
  }

  /** For `/readyz`: whether the broker is there, and stores. */
  check(broker: Pick<Broker, "ready" | "serverVersion">): CheckResult {
    const [error, version] = [this.#last, broker.serverVersion];
    if (error !== null) return { ok: false, detail: error.message, facts: { version, code: error.code } };
    if (!broker.ready()) return { ok: false, detail: "the broker is away", facts: { version } };
    const detail = "the broker is back, and has not stored anything yet";
    return this.#isInDoubt ? { ok: false, detail, facts: { version } } : { ok: true, facts: { version } };
  }

  /** The broker is connected and stores nothing: whoever comes now would only wait. */
  get isSilent(): boolean {
    return this.current?.code === "STORE_UNAVAILABLE";
  }

  /** What the connection tells. */
  onStatus(status: BrokerStatus): void {
    if (status.type === "reconnected") this.#reconnected();
    if (status.type === "error") this.note(status.error);
  }

  /** A new connection starts without blame, and without trust: it counts once something was stored. */
  #reconnected(): void {
    this.#last = null;
    this.#isInDoubt = true;
    this.#forgetUnanswered();
  }

  /**
   * Tries to store something, when that is in question. `store` rejects when it cannot.
   */
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

  note(error: unknown): void {
    if (isBrokerTrouble(error)) this.#remember(error);
  }

  #noteAppend(error: unknown, channelId: string, isConnected: boolean): void {
    if (!isStoreError(error, "STORE_UNAVAILABLE") || !isConnected) return this.note(error);
    const nowMs = performance.now();
    if (nowMs - this.#unansweredMs >= togetherMs) this.#forgetUnanswered();
    this.#unansweredMs = nowMs;
    this.#unanswered++;
    this.#silentShards.add(shardOf(channelId, this.#shards));
    // One shard may be without a leader while the others serve: that is no reason to send anybody else away.
    if (this.#unanswered < silentAppends || this.#silentShards.size < Math.min(2, this.#shards)) return;
    const detail = `${String(this.#unanswered)} appends without an answer: look at the way to the broker, its disk space and its log`;
    this.#remember(new StoreError("STORE_UNAVAILABLE", `it is connected but stores nothing; ${detail}`));
  }

  /** Silence is over with the first answer; other refusals may be those of one stream, and are left to the probe. */
  #answered(): void {
    this.#forgetUnanswered();
    this.#isInDoubt = false;
    if (this.isSilent) this.#last = null;
  }

  #forgetUnanswered(): void {
    this.#unanswered = 0;
    this.#silentShards.clear();
  }

  #remember(error: StoreError): void {
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
    this.#report(error);
  }

  /** The log, watched: whoever uses it, its refusals are noted. */
  watch(log: EventLog, isConnected: () => boolean): EventLog {
    const noted = async <T>(call: Promise<T>): Promise<T> => {
      try {
        return await call;
      } catch (error) {
        this.note(error);
        throw error;
      }
    };
    return {
      appendToStream: async (request) => {
        try {
          const result = await log.appendToStream(request);
          this.#answered();
          return result;
        } catch (error) {
          this.#noteAppend(error, request.channelId, isConnected());
          throw error;
        }
      },
      readStream: (channelId, options) => noted(log.readStream(channelId, options)),
      streamVersions: (channelIds) => noted(log.streamVersions(channelIds)),
      scan: (options) => log.scan(options),
    };
  }
}
