import { isDecimal } from "./price.ts";
import type { RateSource } from "./rate-source.ts";

/** Rates that do not change: units of each currency for one BSV, such as `{ EUR: "38.20" }`. Throws a RangeError for one that is none. */
export function fixedRates(prices: Readonly<Record<string, string>>): RateSource {
  for (const [currency, price] of Object.entries(prices)) {
    if (!isDecimal(price)) throw new RangeError(`${currency}: must be a decimal above zero, as a text`);
  }
  return {
    rateOf(currency) {
      const price = Object.hasOwn(prices, currency) ? prices[currency] : undefined;
      return Promise.resolve(price === undefined ? null : { price, atMs: null });
    },
  };
}
