/** Fewer messages say nothing about how long they take. */
const enoughMessages = 8;
/** Fewer that wait may be those of one shard that elects its leader: they say nothing about the node. */
const enoughWaiting = 100;
/** How old a few messages may be when they are looked at. */
const patienceMs = 1_000;
/** What quiet means is learned again as the broker changes: the best of the last half minute to minute. */
const windowMs = 30_000;
/** Twice as long as on a quiet node, and a little that no wallet notices. */
const tolerance = 2;
const slackMs = 1;

/** How long the log takes: for wallets' messages, beside what they take when the node is quiet, and for what waits now. */
export class LogLatency {
  #sumMs = 0;
  #count = 0;
  #sinceMs: number;
  #windowBeganMs: number;
  #bestMs = Infinity;
  #bestBeforeMs = Infinity;
  #gradient = 1;
  #waiting = 0;
  /** Of what waits: the sum of the moments at which it came. */
  #cameMs = 0;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#windowBeganMs = nowMs;
  }

  /** Messages and joins that wait for the log. */
  get waiting(): number {
    return this.#waiting;
  }

  /** How long they have waited, on average; 0 while they are few. */
  waitedMs(nowMs: number): number {
    return this.#waiting < enoughWaiting ? 0 : nowMs - this.#cameMs / this.#waiting;
  }

  /** Returns what tells that the log has answered, once. */
  begin(nowMs: number): () => void {
    this.#waiting++;
    this.#cameMs += nowMs;
    let isWaiting = true;
    return () => {
      if (!isWaiting) return;
      isWaiting = false;
      this.#waiting--;
      this.#cameMs -= nowMs;
    };
  }

  /** A message of a channel that is open was stored. */
  note(tookMs: number): void {
    this.#sumMs += tookMs;
    this.#count++;
  }

  /** Twice the latency when quiet, by the latency now: below 1 while messages are slow. Without messages nothing is slow. */
  gradient(nowMs: number): number {
    if (this.#count >= enoughMessages) this.#judge(this.#sumMs / this.#count, nowMs);
    else if (nowMs - this.#sinceMs < patienceMs) return this.#gradient;
    else this.#gradient = 1;
    this.#sumMs = 0;
    this.#count = 0;
    this.#sinceMs = nowMs;
    return this.#gradient;
  }

  #judge(meanMs: number, nowMs: number): void {
    if (nowMs - this.#windowBeganMs >= windowMs) {
      this.#windowBeganMs = nowMs;
      this.#bestBeforeMs = this.#bestMs;
      this.#bestMs = Infinity;
    }
    this.#bestMs = Math.min(this.#bestMs, meanMs);
    this.#gradient = Math.min(1, (tolerance * Math.min(this.#bestMs, this.#bestBeforeMs) + slackMs) / meanMs);
  }
}
