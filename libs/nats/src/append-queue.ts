import { isStoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { apiErrorCodes } from "./broker-errors.ts";
import { aloneAfterRefusal, aloneAtMost, fitIntoBatch, nextCommit, type GroupCommitMode } from "./group-commit.ts";
import { assertPublishable, publishWith, type PubAck, type StoreMessage } from "./pub-ack.ts";
import { publishBatch } from "./publish-batch.ts";
import { isAtLeast } from "./server-version.ts";

/** Older ones would store the messages of a batch one by one, and answer the last alone. */
const batchServerVersion = "2.12.0";

interface Append {
  readonly message: StoreMessage;
  readonly resolve: (ack: PubAck) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Appends to one stream, on their way or waiting for those. A batch is a way of sending only: what each append is answered
 * does not depend on what it was sent with.
 */
export class AppendQueue {
  readonly #broker: Broker;
  #mode: GroupCommitMode;
  #waiting: Append[] = [];
  #aloneUnderWay = 0;
  #batchUnderWay = false;
  #aloneFirst = 0;

  constructor(broker: Broker, mode: GroupCommitMode) {
    this.#broker = broker;
    this.#mode = isAtLeast(broker.serverVersion, batchServerVersion) ? mode : "never";
  }

  /** As `publishAcked`, whose errors it has. */
  publish(message: StoreMessage): Promise<PubAck> {
    return new Promise((resolve, reject) => {
      assertPublishable(this.#broker, message);
      const append = { message, resolve, reject };
      if (this.#isFree()) return this.#sendAlone(append);
      this.#waiting.push(append);
      this.#commit();
    });
  }

  /** What comes leaves at once, without a look at what else might go with it. */
  #isFree(): boolean {
    return (
      this.#mode !== "always" && this.#waiting.length === 0 && !this.#batchUnderWay && this.#aloneUnderWay < aloneAtMost
    );
  }

  #commit(): void {
    const state = {
      waiting: this.#waiting.length,
      batchable: this.#batchUnderWay ? 0 : fitIntoBatch(this.#waiting),
      aloneUnderWay: this.#aloneUnderWay,
      batchUnderWay: this.#batchUnderWay,
      aloneFirst: this.#aloneFirst,
    };
    const { as, appends } = nextCommit(state, this.#mode);
    if (appends === 0) return;
    const leaving = this.#waiting.splice(0, appends);
    if (as === "batch") this.#sendBatch(leaving);
    else for (const append of leaving) this.#sendAlone(append);
  }

  #sendAlone({ message, resolve, reject }: Append): void {
    this.#aloneUnderWay += 1;
    this.#aloneFirst = Math.max(0, this.#aloneFirst - 1);
    const ended = (): void => {
      this.#aloneUnderWay -= 1;
      this.#commit();
    };
    const failed = (error: Error): void => {
      reject(error);
      if (isStoreError(error, "STORE_UNAVAILABLE")) this.#giveUp(error);
      ended();
    };
    try {
      publishWith(
        this.#broker,
        message,
        (ack) => {
          resolve(ack);
          ended();
        },
        failed,
      );
    } catch (error) {
      failed(error as Error);
    }
  }

  #sendBatch(appends: readonly Append[]): void {
    this.#batchUnderWay = true;
    const ended = (): void => {
      this.#batchUnderWay = false;
      this.#commit();
    };
    const unknown = (error: Error): void => {
      this.#broker.health.unanswered("append");
      for (const { reject } of appends) reject(error);
      this.#giveUp(error);
      ended();
    };
    try {
      publishBatch(
        this.#broker,
        appends.map(({ message }) => message),
        {
          stored: (lastSequence) => {
            this.#broker.health.answered("append");
            appends.forEach(({ resolve }, index) => resolve({ seq: lastSequence - (appends.length - 1 - index) }));
            ended();
          },
          // One wrong expectation, or one repetition, refuses all. Alone, each gets its own answer and its own reason.
          refused: (why) => {
            if (why?.err_code === apiErrorCodes.batchesDisabled) this.#mode = "never";
            for (const append of appends) this.#sendAlone(append);
            this.#aloneFirst = aloneAfterRefusal(appends.length);
            ended();
          },
          unknown,
        },
      );
    } catch (error) {
      unknown(error as Error);
    }
  }

  /** What waits for a stream that does not answer is not sent: it would wait as long once more. */
  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
