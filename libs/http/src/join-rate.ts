import { TokenBuckets, type RateLimit } from "./token-bucket.ts";

/** May join; is told that it is too fast; or gets no answer at all. */
export type JoinVerdict = "passes" | "tooFast" | "cutOff";

/** A manual retry is told why, however low the rate is. */
const leastAnswers = 16;

/**
 * How fast each address joins. Beyond the rate it is told so, for half a burst's worth; beyond that it is cut off for as long
 * as its empty bucket takes to fill: a shorter silence would cost more answers, a longer one would waste the rate of an
 * address that many honest wallets share.
 */
export class JoinRate {
  readonly #joins: TokenBuckets;
  readonly #answers: TokenBuckets;
  /** A token that comes back when the silence is over. */
  readonly #silences: TokenBuckets;

  constructor({ burst, perSecond }: RateLimit, nowMs: number) {
    this.#joins = new TokenBuckets({ burst, perSecond }, nowMs);
    this.#answers = new TokenBuckets({ burst: Math.max(burst / 2, leastAnswers), perSecond: perSecond / 4 }, nowMs);
    this.#silences = new TokenBuckets({ burst: 1, perSecond: perSecond / burst }, nowMs);
  }

  /** False: no address is cut off, and none was lately. */
  get hasSilences(): boolean {
    return this.#silences.size > 0;
  }

  isCutOff(address: string, nowMs: number): boolean {
    return this.#silences.isSpent(address, nowMs);
  }

  /** One join. What comes during a silence neither prolongs it nor uses up what is being refilled. */
  take(address: string, nowMs: number): JoinVerdict {
    if (this.isCutOff(address, nowMs)) return "cutOff";
    if (this.#joins.take(address, nowMs)) return "passes";
    if (this.#answers.take(address, nowMs)) return "tooFast";
    this.#silences.charge(address, 1, nowMs);
    return "cutOff";
  }

  /** Charges `joins`, also beyond what is left. */
  charge(address: string, joins: number, nowMs: number): void {
    this.#joins.charge(address, joins, nowMs);
  }
}
