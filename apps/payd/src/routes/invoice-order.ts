import { PaydError } from "../errors.ts";
import type { InvoiceOrder } from "../merchant/invoice-desk.ts";

const maxSatoshis = 2_100_000_000_000_000;
const maxMemoLength = 1_000;
const maxExpiryMs = 365 * 86_400_000;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const members = ["satoshis", "memo", "expiresIn"];

/**
 * Body of `POST /api/v1/invoices`: `{satoshis, memo?, expiresIn?}`; `expiresIn` in seconds, or a text with its unit ("15m").
 * Throws PAYD_INVALID_REQUEST, which names the member and the rule.
 */
export function readInvoiceOrder(body: Uint8Array, defaultExpiryMs: number): InvoiceOrder {
  const value = parseJson(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("body: must be a JSON object");
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined)
    throw invalid(`${unknown.slice(0, 64)}: is not a member of an invoice: ${members.join(", ")}`);
  // A member that is null is left out.
  const { satoshis, memo, expiresIn } = value as Record<string, unknown>;
  return {
    satoshis: readSatoshis(satoshis),
    memo: readMemo(memo ?? null),
    expiresInMs: readExpiry(expiresIn ?? defaultExpiryMs / 1_000),
  };
}

function readSatoshis(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= maxSatoshis) return value;
  throw invalid(`satoshis: must be a whole number from 1 to ${maxSatoshis}`);
}

function readMemo(value: unknown): string | null {
  if (value === null || (typeof value === "string" && value.length <= maxMemoLength)) return value;
  throw invalid(`memo: must be a text of at most ${maxMemoLength} characters`);
}

function readExpiry(value: unknown): number {
  const expiresInMs = durationMs(value);
  if (expiresInMs >= 1_000 && expiresInMs <= maxExpiryMs) return expiresInMs;
  throw invalid('expiresIn: must be whole seconds, or a text such as "15m" (s, m, h, d), from 1 s to 365 d');
}

function durationMs(value: unknown): number {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value * 1_000 : Number.NaN;
  const parts = typeof value === "string" ? /^(\d{1,9})([smhd])$/.exec(value) : null;
  return parts === null ? Number.NaN : Number(parts[1]) * (unitMs[parts[2] ?? ""] ?? Number.NaN);
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as unknown;
  } catch {
    throw invalid("body: must be JSON in UTF-8");
  }
}

function invalid(rule: string): PaydError {
  return new PaydError("PAYD_INVALID_REQUEST", rule);
}
