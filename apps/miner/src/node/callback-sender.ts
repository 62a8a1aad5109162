/** One POST to a wallet. `body` is called once, when its turn comes, because signing costs time. */
export interface Callback {
  readonly url: string;
  readonly authorization: string | null;
  readonly contentType: string;
  readonly body: () => string;
}

export interface DeliveryPolicy {
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
  readonly maxAttempts: number;
  /** Attempts under way at the same time. */
  readonly concurrency: number;
}

/** mAPI waits a minute between attempts; a developer does not want to. */
export const DEVELOPMENT_DELIVERY: DeliveryPolicy = {
  timeoutMs: 2000,
  retryDelayMs: 1000,
  maxAttempts: 10,
  concurrency: 64,
};

type Log = (message: string) => void;

interface Delivery {
  readonly callback: Callback;
  readonly attempt: number;
  readonly body: string | null;
}

/** Delivers callbacks in the background until they are answered 2xx or the attempts are used up. */
export class CallbackSender {
  readonly #policy: DeliveryPolicy;
  readonly #log: Log;
  readonly #stopping = new AbortController();
  readonly #queue: Delivery[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #retryTimers = new Set<NodeJS.Timeout>();

  constructor(policy: DeliveryPolicy, log: Log) {
    this.#policy = policy;
    this.#log = log;
  }

  send(callback: Callback): void {
    this.#enqueue({ callback, attempt: 1, body: null });
  }

  /** Cuts what is under way and forgets the rest. */
  async close(): Promise<void> {
    this.#stopping.abort();
    this.#queue.length = 0;
    for (const timer of this.#retryTimers) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  #enqueue(delivery: Delivery): void {
    if (this.#stopping.signal.aborted) return;
    this.#queue.push(delivery);
    this.#startNext();
  }

  #startNext(): void {
    while (this.#running.size < this.#policy.concurrency) {
      const delivery = this.#queue.shift();
      if (delivery === undefined) return;
      const run = this.#deliver(delivery).finally(() => {
        this.#running.delete(run);
        this.#startNext();
      });
      this.#running.add(run);
    }
  }

  async #deliver({ callback, attempt, body }: Delivery): Promise<void> {
    const text = body ?? callback.body();
    const failure = await this.#attempt(callback, text);
    if (failure === null || this.#stopping.signal.aborted) return;
    const isLast = attempt >= this.#policy.maxAttempts;
    this.#log(
      `callback to ${callback.url} failed (attempt ${attempt} of ${this.#policy.maxAttempts}): ${failure}` +
        (isLast ? "; given up" : ""),
    );
    if (!isLast) this.#retryLater({ callback, attempt: attempt + 1, body: text });
  }

  /** A waiting callback holds no slot: one dead receiver must not keep the others from theirs. */
  #retryLater(delivery: Delivery): void {
    const timer = setTimeout(() => {
      this.#retryTimers.delete(timer);
      this.#enqueue(delivery);
    }, this.#policy.retryDelayMs);
    this.#retryTimers.add(timer);
  }

  /** Returns null after a 2xx, else what went wrong. */
  async #attempt(callback: Callback, body: string): Promise<string | null> {
    try {
      const response = await fetch(callback.url, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": callback.contentType,
          ...(callback.authorization === null ? {} : { authorization: callback.authorization }),
        },
        body,
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(this.#policy.timeoutMs)]),
      });
      await response.body?.cancel();
      return response.ok ? null : `status ${response.status}`;
    } catch (error) {
      return error instanceof Error
        ? error.cause instanceof Error
          ? error.cause.message
          : error.message
        : "no answer";
    }
  }
}
