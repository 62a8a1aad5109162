/** What an invoice was asked for in a currency, and how its satoshis came about. */
export interface Price {
  /** ISO 4217, such as `EUR`. */
  readonly currency: string;
  /** Decimal text, such as `12.50`. */
  readonly amount: string;
  /** Units of the currency for one BSV, as decimal text. */
  readonly rate: string;
  /** As of when, milliseconds since 1970; null: the rate is fixed. */
  readonly rateAtMs: number | null;
}

const decimals = 8;
const satoshisPerBsv = 100_000_000n;

/** More than zero, at most 15 digits before the point and 8 behind it. */
export function isDecimal(value: unknown): value is string {
  return typeof value === "string" && /^\d{1,15}(\.\d{1,8})?$/.test(value) && scaled(value) > 0n;
}

export function isCurrency(value: unknown): value is string {
  return typeof value === "string" && /^[A-Z]{3}$/.test(value);
}

/** Whole satoshis for an amount at a rate, rounded up: the shop gets no less than it asked for. Both are decimals (see `isDecimal`). */
export function satoshisFor(amount: string, rate: string): bigint {
  const [numerator, denominator] = [scaled(amount) * satoshisPerBsv, scaled(rate)];
  return (numerator + denominator - 1n) / denominator;
}

function scaled(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}
