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

/** Wallets that keep coming renew the trouble; without any, the next one finds out. */
const rememberedMs = 5_000;
/** A stream whose disk is full gives no answer to an append. One that is between two leaders does not either, but soon again. */
const silentAppends = 3;
const reportEveryMs = 10_000;

/** True when the broker is the cause, so that the wallet may come again later and the operator has to look. */
export function isBrokerTrouble(error: unknown): error is StoreError {
  return isStoreError(error) && lasting.has(error.code);
}

/** Keeps the broker's last refusal for `/readyz`, and tells the operator of it, not more often than a person can read. */
export class StoreTrouble {
  readonly #report: (error: StoreError) => void;
  #last: StoreError | null = null;
  #seenMs = 0;
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

  /** Null: nothing was refused lately. */
  get current(): StoreError | null {
    return performance.now() - this.#seenMs < rememberedMs ? this.#last : null;
  }

  /** The broker is connected and stores nothing: whoever comes now would only wait. */
  get isSilent(): boolean {
    return this.current?.code === "STORE_UNAVAILABLE";
  }

  /** A new connection starts without blame: what lasts will show again. */
  forget(): void {
    this.#last = null;
    this.#unanswered = 0;
  }

  note(error: unknown): void {
    if (isBrokerTrouble(error)) this.#remember(error);
  }

  #noteAppend(error: unknown, channelId: string, isConnected: boolean): void {
    if (!isStoreError(error, "STORE_UNAVAILABLE") || !isConnected) return this.note(error);
    const nowMs = performance.now();
    if (nowMs - this.#unansweredMs >= rememberedMs) this.#forgetUnanswered();
    this.#unansweredMs = nowMs;
    this.#unanswered++;
    this.#silentShards.add(shardOf(channelId, this.#shards));
    // One shard may be without a leader while the others serve: that is no reason to send anybody else away.
    if (this.#unanswered < silentAppends || this.#silentShards.size < Math.min(2, this.#shards)) return;
    const detail = `${String(this.#unanswered)} appends without an answer: look at the way to the broker, its disk space and its log`;
    this.#remember(new StoreError("STORE_UNAVAILABLE", `it is connected but stores nothing; ${detail}`));
  }

  /** Silence is over with the first answer; other refusals may be those of one stream. */
  #answered(): void {
    this.#forgetUnanswered();
    if (this.isSilent) this.#last = null;
  }

  #forgetUnanswered(): void {
    this.#unanswered = 0;
    this.#silentShards.clear();
  }

  #remember(error: StoreError): void {
    const nowMs = performance.now();
    const isNews = error.code !== this.current?.code || nowMs - this.#reportedMs >= reportEveryMs;
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
