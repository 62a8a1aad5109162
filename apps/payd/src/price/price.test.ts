import { describe, expect, test } from "vitest";
import { isCurrency, isDecimal, satoshisFor } from "./price.ts";

describe("satoshis for an amount", () => {
  test.each([
    { amount: "38.20", rate: "38.20", satoshis: 100_000_000n },
    { amount: "10", rate: "40", satoshis: 25_000_000n },
    // A part of a satoshi is a whole one.
    { amount: "1", rate: "30000000000000", satoshis: 1n },
    { amount: "0.1", rate: "30", satoshis: 333_334n },
    { amount: "0.3", rate: "0.1", satoshis: 300_000_000n },
    { amount: "0.00000001", rate: "1", satoshis: 1n },
    { amount: "999999999999999", rate: "0.00000001", satoshis: 9_999_999_999_999_990_000_000_000_000_000n },
  ])("$amount at $rate are $satoshis", ({ amount, rate, satoshis }) => {
    expect(satoshisFor(amount, rate)).toBe(satoshis);
  });
});

test.each(["1", "0.5", "12.50", "0.00000001"])("%s is a decimal", (text) => expect(isDecimal(text)).toBe(true));
test.each(["", "0", "0.0", "-1", "+1", "1.", ".5", "1e3", "1,5", " 1", "0.000000001", "1".repeat(16), 12.5, null])(
  "%j is none",
  (text) => expect(isDecimal(text)).toBe(false),
);
test.each(["eur", "EURO", "E", "", "E1R", 5])("%j is no currency", (text) => expect(isCurrency(text)).toBe(false));
