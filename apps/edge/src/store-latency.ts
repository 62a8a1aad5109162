/** Fewer messages say nothing about how long they take. */
const enoughMessages = 8;
/** How old a few messages may be when they are looked at. */
const patienceMs = 1_000;
/** What quiet means is learned anew as the broker changes: the best of the last half minute to minute. */
const windowMs = 30_000;
/** Twice as long as on a quiet node, and a little that nobody notices. */
const slowFactor = 2;
const slackMs = 1;

/** Compares how long wallets' messages take to be stored with how long they take when the node is quiet. */
export class StoreLatency {
  #sumMs = 0;
  #count = 0;
  #sinceMs: number;
  #windowBeganMs: number;
  #bestMs = Infinity;
  #bestBeforeMs = Infinity;
  #isSlow = false;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#windowBeganMs = nowMs;
  }

  note(tookMs: number): void {
    this.#sumMs += tookMs;
    this.#count++;
  }

  /** True while messages are slow. Asked every now and then; without messages nobody suffers. */
  isSlow(nowMs: number): boolean {
    if (this.#count >= enoughMessages) this.#judge(this.#sumMs / this.#count, nowMs);
    else if (nowMs - this.#sinceMs < patienceMs) return this.#isSlow;
    else this.#isSlow = false;
    this.#sumMs = 0;
    this.#count = 0;
    this.#sinceMs = nowMs;
    return this.#isSlow;
  }

  #judge(meanMs: number, nowMs: number): void {
    if (nowMs - this.#windowBeganMs >= windowMs) {
      this.#windowBeganMs = nowMs;
      this.#bestBeforeMs = this.#bestMs;
      this.#bestMs = Infinity;
    }
    this.#bestMs = Math.min(this.#bestMs, meanMs);
    this.#isSlow = meanMs > slowFactor * Math.min(this.#bestMs, this.#bestBeforeMs) + slackMs;
  }
}
