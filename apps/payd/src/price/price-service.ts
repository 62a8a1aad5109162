import { PaydError } from "../errors.ts";
import { satoshisFor, type Price } from "./price.ts";
import type { RateSource } from "./rate-source.ts";

export interface PriceServiceOptions {
  readonly rates: RateSource;
  readonly now: () => number;
}

export interface Quote {
  readonly satoshis: number;
  readonly price: Price;
}

/** A rate is good for this long: a shop that prices in a currency shall not sell at yesterday's. */
export const rateMaxAgeMs = 10 * 60_000;
/** What two clocks may differ. */
const skewMs = 60_000;
export const maxSatoshis = 2_100_000_000_000_000;

/** Turns amounts of a currency into satoshis. */
export class PriceService {
  readonly #options: PriceServiceOptions;

  constructor(options: PriceServiceOptions) {
    this.#options = options;
  }

  /**
   * `amount`: decimal text. Throws PAYD_CURRENCY_UNKNOWN, PAYD_RATE_STALE, PAYD_RATE_UNAVAILABLE, and PAYD_INVALID_REQUEST
   * where it comes to more satoshis than there are.
   */
  async quote(amount: string, currency: string): Promise<Quote> {
    const { rates, now } = this.#options;
    const rate = await rates.rateOf(currency);
    if (rate === null) throw new PaydError("PAYD_CURRENCY_UNKNOWN", `currency: there is no rate of ${currency}`);
    const ageMs = rate.atMs === null ? 0 : now() - rate.atMs;
    if (ageMs > rateMaxAgeMs || ageMs < -skewMs) {
      const [at, most] = [new Date(rate.atMs ?? 0).toISOString(), String(rateMaxAgeMs / 60_000)];
      throw new PaydError(
        "PAYD_RATE_STALE",
        `the rate of ${currency} is as of ${at}: at most ${most} minutes are allowed`,
      );
    }
    const satoshis = satoshisFor(amount, rate.price);
    if (satoshis > maxSatoshis) {
      throw new PaydError("PAYD_INVALID_REQUEST", `amount: must come to at most ${maxSatoshis} satoshis`);
    }
    return { satoshis: Number(satoshis), price: { currency, amount, rate: rate.price, rateAtMs: rate.atMs } };
  }
}
