export interface Pace {
  /** Pieces of work that run at the same time. */
  readonly places: number;
  /** Pieces begun in a second: at first, at most, and in any case. */
  readonly startPerSecond: number;
  readonly maxPerSecond: number;
  readonly minPerSecond: number;
  /** Whoever would wait longer than this is sent away at once. */
  readonly maxWaitMs: number;
  /** No more than so many wait, whatever the pace. */
  readonly maxWaiting: number;
}

/** Down at once, up with care: what was too fast for others has been heard of a tenth of a second later only. */
const slower = 0.4;
const faster = 1.1;
/** What was not begun for a while may be begun at once: so many ms of the pace. */
const burstMs = 20;

/**
 * A line before something that costs: so many pieces of work at the same time, so many a second, first come, first served.
 * The pace is made slower while others suffer (`adapt`).
 */
export class PacedLine {
  readonly #pace: Pace;
  readonly #nowMs: () => number;
  #free: number;
  #perSecond: number;
  /** What may be begun at `#updatedMs`. */
  #credit = 1;
  #updatedMs: number;
  #timer: NodeJS.Timeout | null = null;
  #came = 0;
  #cameSinceMs: number;
  /** Each one is told whether its turn has come; false: it is sent away after all. */
  readonly #line: ((mayBegin: boolean) => void)[] = [];

  constructor(pace: Pace, nowMs: () => number = () => performance.now()) {
    this.#pace = pace;
    this.#free = pace.places;
    this.#perSecond = pace.startPerSecond;
    this.#nowMs = nowMs;
    this.#updatedMs = nowMs();
    this.#cameSinceMs = this.#updatedMs;
  }

  get perSecond(): number {
    return this.#perSecond;
  }

  /** True, and the one who asks is sent away: it would wait too long. */
  sendsAway(): boolean {
    if (this.#line.length < this.#longest()) return false;
    this.#came++;
    return true;
  }

  /** How many a second have come since the last call, those included that were sent away. */
  takeCamePerSecond(): number {
    const nowMs = this.#nowMs();
    const perSecond = (this.#came / Math.max(1, nowMs - this.#cameSinceMs)) * 1000;
    this.#came = 0;
    this.#cameSinceMs = nowMs;
    return perSecond;
  }

  /** Null: sent away, for the line is too long. Otherwise what the work gives. */
  async pass<T>(work: () => Promise<T>): Promise<{ readonly result: T } | null> {
    if (this.sendsAway()) return null;
    this.#came++;
    if (this.#line.length > 0 || !this.#begin()) {
      const mayBegin = await new Promise<boolean>((resolve) => {
        this.#line.push(resolve);
        this.#serve();
      });
      if (!mayBegin) return null;
    }
    try {
      return { result: await work() };
    } finally {
      this.#free++;
      this.#serve();
    }
  }

  /** To be called ten times a second: while others suffer the pace falls, while somebody waits for it alone it rises. */
  adapt(isSlow: boolean): void {
    const { minPerSecond, startPerSecond, maxPerSecond } = this.#pace;
    if (isSlow) {
      this.#perSecond = Math.max(minPerSecond, this.#perSecond * slower);
      // Who came last was promised a wait that is longer now.
      for (const sendAway of this.#line.splice(Math.ceil(this.#longest()))) sendAway(false);
    } else if (this.#timer !== null) this.#perSecond = Math.min(maxPerSecond, this.#perSecond * faster);
    // Nobody does: what was learned of another hour's load is forgotten.
    else this.#perSecond += (startPerSecond - this.#perSecond) / 10;
  }

  #longest(): number {
    const { places, maxWaitMs, maxWaiting } = this.#pace;
    return Math.min(maxWaiting, places + (this.#perSecond * maxWaitMs) / 1000);
  }

  #begin(): boolean {
    const nowMs = this.#nowMs();
    const most = Math.max(1, (this.#perSecond * burstMs) / 1000);
    this.#credit = Math.min(most, this.#credit + ((nowMs - this.#updatedMs) / 1000) * this.#perSecond);
    this.#updatedMs = nowMs;
    if (this.#free === 0 || this.#credit < 1) return false;
    this.#free--;
    this.#credit--;
    return true;
  }

  #serve(): void {
    while (this.#line.length > 0 && this.#begin()) this.#line.shift()?.(true);
    // With every place taken the next one that is given back goes on.
    if (this.#line.length === 0 || this.#free === 0 || this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#serve();
      },
      Math.ceil(((1 - this.#credit) / this.#perSecond) * 1000),
    );
  }
}
