import { setTimeout as delay } from "node:timers/promises";
import { isPaydError, PaydError } from "../errors.ts";
import type { MapiClient, TransactionSubmission } from "./mapi-client.ts";

export interface RetryPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** No further attempt is begun after this. A customer's wallet waits no longer than some ten seconds. */
  readonly patienceMs: number;
}

export const defaultRetry: RetryPolicy = { firstDelayMs: 250, maxDelayMs: 2_000, patienceMs: 8_000 };

export type BroadcastResult = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/**
 * Sends transactions to the miner and repeats what may work later. Submitting the same transaction again is harmless. A refusal is
 * believed only where the miner does not have the transaction all the same, from an attempt whose answer was lost: of one that is mined, and
 * whose outputs are spent, it says that the inputs are missing. Coins would be free that are spent, and money would be paid twice.
 */
export class Broadcaster {
  readonly #mapi: Pick<MapiClient, "submit" | "knows">;
  readonly #retry: RetryPolicy;

  constructor(mapi: Pick<MapiClient, "submit" | "knows">, retry: RetryPolicy = defaultRetry) {
    this.#mapi = mapi;
    this.#retry = retry;
  }

  /** The miner's final word. Throws PAYD_MINER_UNAVAILABLE when there was none in time. */
  async broadcast(submission: TransactionSubmission, signal: AbortSignal): Promise<BroadcastResult> {
    const deadlineMs = performance.now() + this.#retry.patienceMs;
    for (let delayMs = this.#retry.firstDelayMs; ; delayMs = Math.min(delayMs * 2, this.#retry.maxDelayMs)) {
      let problem: PaydError;
      try {
        const answer = await this.#mapi.submit(submission, signal);
        if (answer.accepted) return answer;
        if (!answer.retryable) {
          const isTaken = await this.#mapi.knows(submission.txid, signal);
          return isTaken ? { accepted: true } : { accepted: false, reason: answer.reason };
        }
        problem = new PaydError("PAYD_MINER_UNAVAILABLE", `not yet: ${answer.reason}`);
      } catch (error) {
        if (!isPaydError(error, "PAYD_MINER_UNAVAILABLE")) throw error;
        problem = error;
      }
      if (signal.aborted || performance.now() + delayMs > deadlineMs) throw problem;
      await delay(delayMs, undefined, { signal }).catch(() => {
        throw problem;
      });
    }
  }
}
