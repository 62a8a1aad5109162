/** What one BSV costs. */
export interface Rate {
  /** Units of the currency, as decimal text. */
  readonly price: string;
  /** As of when, milliseconds since 1970; null: fixed, true at any time. */
  readonly atMs: number | null;
}

/** Where rates come from. */
export interface RateSource {
  /** Null: it has no rate of this currency. Throws PaydError PAYD_RATE_UNAVAILABLE where it cannot tell at the moment. */
  rateOf(currency: string): Promise<Rate | null>;
}
