import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileRates } from "./file-rates.ts";
import { fixedRates } from "./fixed-rates.ts";

let dir: string;
let path: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "p4-rates-"));
  path = join(dir, "rates.json");
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (rates: unknown): void => writeFileSync(path, typeof rates === "string" ? rates : JSON.stringify(rates));

describe.each([
  ["fixed", () => fixedRates({ EUR: "38.20" })],
  ["file", () => (write({ EUR: { price: "38.20" } }), fileRates(path))],
] as const)("a source of rates: %s", (_, make) => {
  test("has those that it was given, which are true at any time", async () => {
    expect(await make().rateOf("EUR")).toEqual({ price: "38.20", atMs: null });
  });

  test.each(["CHF", "toString", "__proto__"])("has none of %s", async (currency) => {
    expect(await make().rateOf(currency)).toBe(null);
  });
});

describe("rates in a file", () => {
  test("have a time, and are read each time", async () => {
    const rates = fileRates(path);
    expect(await rates.rateOf("EUR")).toBe(null);
    write({ EUR: { price: "38.20", at: "2026-11-23T09:30:00Z" } });
    expect(await rates.rateOf("EUR")).toEqual({ price: "38.20", atMs: Date.parse("2026-11-23T09:30:00Z") });
    write({ EUR: { price: "38.30", at: "2026-11-23T10:30:00+01:00" } });
    expect(await rates.rateOf("EUR")).toEqual({ price: "38.30", atMs: Date.parse("2026-11-23T09:30:00Z") });
  });

  test.each([
    ["{", "cannot be read as JSON"],
    ["[]", "must be a JSON object"],
    [" ".repeat(1024 * 1024 + 1), "must be at most 1 MB"],
    [{ EUR: "38.20" }, "EUR.price: must be a decimal"],
    [{ EUR: { price: 38.2 } }, "EUR.price: must be a decimal"],
    [{ EUR: { price: "0" } }, "EUR.price: must be a decimal"],
    [{ EUR: { price: "38.20", at: "yesterday" } }, "EUR.at: must be a time"],
    [{ EUR: { price: "38.20", at: "2026-11-23T09:30:00" } }, "EUR.at: must be a time"],
  ])("%j cannot be had at the moment", async (rates, rule) => {
    write(rates);
    await expect(fileRates(path).rateOf("EUR")).rejects.toMatchObject({
      code: "PAYD_RATE_UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining(rule) as string,
    });
  });
});

test("a fixed rate that is none is refused at once", () => {
  expect(() => fixedRates({ EUR: "38,20" })).toThrow("EUR: must be a decimal");
});
