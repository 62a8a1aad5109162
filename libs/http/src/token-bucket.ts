/** A rate with room for a burst. */
export interface RateLimit {
  /** Capacity of the bucket. */
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts against a rate: full at first, refilled evenly. Time comes in from outside, in ms of any clock that only grows. */
export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #updatedMs: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#updatedMs = nowMs;
  }

  /** False: too fast. What is refused costs nothing, and what costs more than the burst passes a full bucket. */
  take(cost: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#tokens < Math.min(cost, this.#limit.burst)) return false;
    this.#tokens -= cost;
    return true;
  }

  /** True: not even the least could be taken now. */
  isSpent(nowMs: number): boolean {
    return this.#tokens + ((nowMs - this.#updatedMs) / 1000) * this.#limit.perSecond < 1;
  }

  /** Takes the cost whether it is there or not; at most one burst is owed. */
  charge(cost: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#tokens = Math.max(-this.#limit.burst, this.#tokens - cost);
  }

  /** Before any cost is taken: time that has passed must not pay for what comes after it, beyond a full bucket. */
  #refill(nowMs: number): void {
    const { burst, perSecond } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#updatedMs) / 1000) * perSecond);
    this.#updatedMs = nowMs;
  }
}

/** One bucket for each key that was seen lately. A bucket that has had time to fill up again is forgotten. */
export class TokenBuckets {
  readonly #limit: RateLimit;
  readonly #refillMs: number;
  #recent = new Map<string, TokenBucket>();
  #older = new Map<string, TokenBucket>();
  #turnedMs: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    // From what is owed at most up to full.
    this.#refillMs = ((2 * limit.burst) / limit.perSecond) * 1000;
    this.#turnedMs = nowMs;
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  take(key: string, nowMs: number, cost = 1): boolean {
    return this.#bucket(key, nowMs).take(cost, nowMs);
  }

  /** True: the key's bucket is empty. Makes no bucket for a key that has none. */
  isSpent(key: string, nowMs: number): boolean {
    return (this.#recent.get(key) ?? this.#older.get(key))?.isSpent(nowMs) ?? false;
  }

  charge(key: string, cost: number, nowMs: number): void {
    this.#bucket(key, nowMs).charge(cost, nowMs);
  }

  #bucket(key: string, nowMs: number): TokenBucket {
    if (nowMs - this.#turnedMs >= this.#refillMs) {
      this.#older = nowMs - this.#turnedMs >= 2 * this.#refillMs ? new Map<string, TokenBucket>() : this.#recent;
      this.#recent = new Map();
      this.#turnedMs = nowMs;
    }
    let bucket = this.#recent.get(key);
    if (bucket === undefined) {
      bucket = this.#older.get(key) ?? new TokenBucket(this.#limit, nowMs);
      this.#older.delete(key);
      this.#recent.set(key, bucket);
    }
    return bucket;
  }
}
