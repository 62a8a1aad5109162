import { readFile, stat } from "node:fs/promises";
import { PaydError } from "../errors.ts";
import { isObject } from "../routes/read-json.ts";
import { isDecimal } from "./price.ts";
import type { Rate, RateSource } from "./rate-source.ts";

const maxBytes = 1024 * 1024;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Rates in a JSON file, read again for each invoice, so that any program can keep it up: `{"EUR": {"price": "38.20", "at":
 * "2026-11-23T09:30:00Z"}, "CHF": {"price": "36"}}`. Without `at` a rate is fixed. No file: no rates. Write another file and
 * rename it over this one, so that none is read while it is being written.
 */
export function fileRates(path: string): RateSource {
  return {
    async rateOf(currency) {
      const rates = await readRates(path);
      const rate = Object.hasOwn(rates, currency) ? rates[currency] : undefined;
      return rate === undefined ? null : readRate(rate, currency);
    },
  };
}

async function readRates(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { size } = await stat(path);
    if (size > maxBytes) throw unusable("must be at most 1 MB");
    const value = JSON.parse(await readFile(path, "utf8")) as unknown;
    if (!isObject(value)) throw unusable("must be a JSON object of currencies");
    return value;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return {};
    if (error instanceof PaydError) throw error;
    throw unusable("cannot be read as JSON", error);
  }
}

function readRate(value: unknown, currency: string): Rate {
  if (!isObject(value) || !isDecimal(value["price"])) {
    throw unusable(`${currency}.price: must be a decimal above zero, as a text`);
  }
  const { price, at = null } = value as { readonly price: string; readonly at?: unknown };
  if (at === null) return { price, atMs: null };
  const atMs = typeof at === "string" && time.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs)) throw unusable(`${currency}.at: must be a time such as 2026-11-23T09:30:00Z`);
  return { price, atMs };
}

function unusable(rule: string, cause?: unknown): PaydError {
  return new PaydError("PAYD_RATE_UNAVAILABLE", `rates file: ${rule}`, { cause });
}
