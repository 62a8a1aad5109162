import type { EventLog, StoreError, StoreErrorCode } from "@p4/event-store";
import { electionMs, FailureDetector, type QuestionKind } from "./failure-detector.ts";
import { StoreBreaker } from "./store-breaker.ts";

/** What may be expected of the broker now. */
export interface HealthVerdict {
  /** It is there, and nothing speaks against its storing: for readiness. */
  readonly isReady: boolean;
  /** Joins would only wait: reject them. A refusal that is one stream's, such as a full disk, is told to each one's message instead. */
  readonly rejectsJoins: boolean;
  /** Null when it is ready. */
  readonly detail: string | null;
  readonly code: StoreErrorCode | null;
}

export interface HealthOptions {
  /** Whether requests can be sent. */
  readonly isConnected: () => boolean;
  /** Whether there is another server to go to. */
  readonly hasOtherServers: () => boolean;
  /** Goes on at another server: this one leaves questions of this kind unanswered. */
  readonly leave: (kind: QuestionKind) => void;
  readonly report: (error: StoreError) => void;
}

const ready: HealthVerdict = { isReady: true, rejectsJoins: false, detail: null, code: null };

/**
 * The one judge of the server that a node is connected to. Everything that is asked of it tells of its answers here;
 * readiness, admission and the client's failover go by what this says.
 */
export class ServerHealth {
  readonly #options: HealthOptions;
  readonly #failures = new FailureDetector();
  #breaker: StoreBreaker;
  #listening: NodeJS.Timeout | undefined;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#breaker = new StoreBreaker(1, options.report);
  }

  get verdict(): HealthVerdict {
    const { trouble, isInDoubt } = this.#breaker;
    if (trouble !== null) {
      const rejectsJoins = trouble.code === "STORE_UNAVAILABLE" || !this.#options.isConnected();
      return { isReady: false, rejectsJoins, detail: trouble.message, code: trouble.code };
    }
    if (!this.#options.isConnected()) return unready("the broker is away", true);
    return isInDoubt ? unready("the broker is back, and has not stored anything yet", false) : ready;
  }

  /**
   * The log of `shards`, watched: every answer and refusal is noted. The outermost of a node's
   * decorators, so that what keeps an event from the log in any of them counts.
   */
  watch(log: EventLog, shards: number): EventLog {
    this.#breaker = new StoreBreaker(shards, this.#options.report);
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
          this.#breaker.appended();
          return result;
        } catch (error) {
          this.#breaker.appendFailed(error, request.channelId, this.#options.isConnected());
          throw error;
        }
      },
      readStream: (channelId, options) => noted(log.readStream(channelId, options)),
      streamVersions: (channelIds) => noted(log.streamVersions(channelIds)),
      scan: (options) => log.scan(options),
    };
  }

  /** Tries to store something, when that is in question. `store` rejects when it cannot. */
  probe(store: () => Promise<unknown>): Promise<void> {
    return this.#breaker.probe(store);
  }

  /** An error that the server, or the connection to it, gave. `isReported`: the operator has been told. */
  note(error: unknown, isReported = false): void {
    this.#breaker.note(error, isReported);
  }

  reconnected(): void {
    this.#failures.reset();
    this.#breaker.reconnected();
  }

  answered(kind: QuestionKind): void {
    this.#failures.answered(kind);
  }

  /**
   * Leaves a server that has been silent for too long. Nothing has to be asked again for that: a node that finds its
   * broker silent turns wallets away, and would hear of no second question.
   */
  unanswered(kind: QuestionKind): void {
    if (!this.#options.isConnected() || !this.#options.hasOtherServers()) return;
    if (this.#failures.unanswered(kind, performance.now())) return this.#options.leave(kind);
    this.#listening ??= setTimeout(() => {
      this.#listening = undefined;
      const overdue = this.#failures.overdueKind;
      if (overdue !== null) this.unanswered(overdue);
    }, electionMs + 50).unref();
  }

  close(): void {
    clearTimeout(this.#listening);
  }
}

function unready(detail: string, rejectsJoins: boolean): HealthVerdict {
  return { isReady: false, rejectsJoins, detail, code: null };
}
