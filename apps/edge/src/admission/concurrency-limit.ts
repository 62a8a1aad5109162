export interface LimitOptions {
  /** Permits given at the same time: at first, at most, and in a flood at least. */
  readonly initial: number;
  readonly max: number;
  readonly min: number;
  /** A permit is kept for at least this long, so that a burst of short work leaves the event loop to others. */
  readonly minHoldMs: number;
  /** Requests that may wait for a permit; the next is refused at once. */
  readonly maxQueued: number;
  /** A request that has waited this long is refused. */
  readonly maxWaitMs: number;
  /** Arrivals a second from which on they count as a flood: fewer are customers, and never slowed down for others. */
  readonly floodPerSecond: number;
}

/**
 * Below this gradient the limit does not grow: what queues here queues for a saturated node, and to let more in
 * would make those fail that are in.
 */
const growsFrom = 0.25;

interface Waiting {
  readonly sinceMs: number;
  /** True: it has a permit; false: it is refused. */
  readonly settle: (permitted: boolean) => void;
}

/**
 * An adaptive concurrency limit with a bounded queue: grows by its square root while requests wait and others are not slow, falls
 * back when none wait, and in a flood shrinks with the gradient of others' latency, as the gradient limit of Netflix' concurrency-limits does.
 */
export class ConcurrencyLimit {
  readonly #options: LimitOptions;
  readonly #nowMs: () => number;
  readonly #queue: Waiting[] = [];
  #limit: number;
  #inUse = 0;
  /** Since the last look. */
  #arrivals = 0;
  #ended = 0;
  #adaptedMs: number;

  constructor(options: LimitOptions, nowMs: () => number = () => performance.now()) {
    this.#options = options;
    this.#nowMs = nowMs;
    this.#limit = options.initial;
    this.#adaptedMs = nowMs();
  }

  get limit(): number {
    return this.#limit;
  }

  get queued(): number {
    return this.#queue.length;
  }

  /** A permit would be given at once. */
  get hasRoom(): boolean {
    return this.#queue.length === 0 && this.#inUse < Math.floor(this.#limit);
  }

  /** True: the queue is full, and the request counts as refused. */
  shouldReject(): boolean {
    if (this.#queue.length < this.#options.maxQueued) return false;
    this.#arrivals++;
    return true;
  }

  /** Null: refused. Otherwise what the work gives. */
  async run<T>(work: () => Promise<T>): Promise<{ readonly result: T } | null> {
    if (this.shouldReject()) return null;
    this.#arrivals++;
    if (!(await this.#permit())) return null;
    const startedMs = this.#nowMs();
    try {
      return { result: await work() };
    } finally {
      const restMs = startedMs + this.#options.minHoldMs - this.#nowMs();
      if (restMs > 0) setTimeout(() => this.#release(), restMs).unref();
      else this.#release();
    }
  }

  /**
   * To be called some times a second. `gradient`: the latency that is bearable to others, divided by what they have now; at
   * most 1. Refuses what has waited too long.
   */
  adapt(gradient: number): void {
    const { initial, max, min, maxWaitMs, floodPerSecond } = this.#options;
    const nowMs = this.#nowMs();
    const isFlood = this.#arrivals * 1_000 > floodPerSecond * Math.max(1, nowMs - this.#adaptedMs);
    const isMoving = this.#ended > 0;
    this.#arrivals = 0;
    this.#ended = 0;
    this.#adaptedMs = nowMs;
    while ((this.#queue[0]?.sinceMs ?? Infinity) <= nowMs - maxWaitMs) this.#queue.shift()?.settle(false);
    if (isFlood && gradient < 1) this.#limit = Math.max(min, this.#limit * Math.max(0.5, gradient));
    else if (this.#queue.length === 0) this.#limit += (initial - this.#limit) / 10;
    else if (isMoving && gradient >= growsFrom) this.#limit = Math.min(max, this.#limit + Math.sqrt(this.#limit));
    this.#serve();
  }

  #permit(): Promise<boolean> | true {
    if (this.hasRoom) {
      this.#inUse++;
      return true;
    }
    return new Promise((settle) => this.#queue.push({ sinceMs: this.#nowMs(), settle }));
  }

  #release(): void {
    this.#inUse--;
    this.#ended++;
    this.#serve();
  }

  #serve(): void {
    while (this.#inUse < Math.floor(this.#limit)) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#inUse++;
      next.settle(true);
    }
  }
}
