import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "@p4/telemetry";

export interface RetryLaterOptions {
  /** What has the key goes on. Rejects while that is not possible: it is tried again. */
  readonly attempt: (key: string) => Promise<void>;
  readonly pauseMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Work whose outcome is open, because another service was away: tried again after a pause, one at a time, until it has one. */
export class RetryLater {
  readonly #options: RetryLaterOptions;
  readonly #keys = new Set<string>();
  #isRunning = false;

  constructor(options: RetryLaterOptions) {
    this.#options = options;
  }

  add(key: string): void {
    this.#keys.add(key);
    if (!this.#isRunning) void this.#run();
  }

  /** It has its outcome. */
  remove(key: string): void {
    this.#keys.delete(key);
  }

  async #run(): Promise<void> {
    const { pauseMs, signal } = this.#options;
    this.#isRunning = true;
    while (this.#keys.size > 0 && !signal.aborted) {
      await delay(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      if (!signal.aborted) await this.#round();
    }
    this.#isRunning = false;
  }

  /** Up to the first that fails, which has its next turn after the others: what it needs is mostly away for them as well. */
  async #round(): Promise<void> {
    const { attempt, logger, signal } = this.#options;
    for (const key of [...this.#keys]) {
      if (signal.aborted) return;
      this.#keys.delete(key);
      try {
        await attempt(key);
      } catch (error) {
        this.#keys.add(key);
        logger.warn({ key, error }, "still open, tried again later");
        return;
      }
    }
  }
}
