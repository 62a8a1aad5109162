import type { InvoiceMetadata } from "../invoice/invoice.ts";
import type { InvoiceOrder, InvoiceSum } from "../merchant/invoice-service.ts";
import { isCurrency, isDecimal } from "../price/price.ts";
import { maxSatoshis } from "../price/price-service.ts";
import { invalidRequest, isObject, readJsonObject } from "./read-json.ts";

const maxMemoLength = 1_000;
const maxOrderIdLength = 128;
/** Of metadata: entries, and characters of a name and of a value. */
const maxEntries = 20;
const maxNameLength = 40;
const maxValueLength = 500;
const maxExpiryMs = 365 * 86_400_000;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const members = ["satoshis", "amount", "currency", "memo", "orderId", "metadata", "expiresIn"];

/**
 * Body of `POST /api/v1/invoices`: `{satoshis, memo?, orderId?, metadata?, expiresIn?}`, or `amount` ("12.50") and `currency` ("EUR") in the place of
 * `satoshis`; `expiresIn` in seconds, or a text with its unit ("15m"). Throws PAYD_INVALID_REQUEST, which names the member and the rule.
 */
export function readInvoiceOrder(body: Uint8Array, defaultExpiryMs: number): InvoiceOrder {
  // A member that is null is left out.
  const { satoshis, amount, currency, memo, orderId, metadata, expiresIn } = readJsonObject(
    body,
    members,
    "an invoice",
  );
  return {
    ...readSum(satoshis ?? null, amount ?? null, currency ?? null),
    memo: readMemo(memo ?? null),
    orderId: readOrderId(orderId ?? null),
    metadata: readMetadata(metadata ?? {}),
    expiresInMs: readExpiry(expiresIn ?? defaultExpiryMs / 1_000),
  };
}

function readSum(satoshis: unknown, amount: unknown, currency: unknown): InvoiceSum {
  if (amount === null && currency === null) return { satoshis: readSatoshis(satoshis) };
  if (satoshis !== null) throw invalidRequest("satoshis: must be left out where there are amount and currency");
  if (!isDecimal(amount)) {
    throw invalidRequest('amount: must be a decimal above zero as a text, such as "12.50", with at most 8 decimals');
  }
  if (!isCurrency(currency)) throw invalidRequest("currency: must be three letters, such as EUR");
  return { amount, currency };
}

function readSatoshis(value: unknown): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= maxSatoshis) return value;
  throw invalidRequest(`satoshis: must be a whole number from 1 to ${maxSatoshis}`);
}

function readMemo(value: unknown): string | null {
  if (value === null || (typeof value === "string" && value.length <= maxMemoLength)) return value;
  throw invalidRequest(`memo: must be a text of at most ${maxMemoLength} characters`);
}

function readOrderId(value: unknown): string | null {
  if (value === null || isOrderId(value)) return value;
  throw invalidRequest(orderIdRule);
}

export const orderIdRule = `orderId: must be a text of 1 to ${maxOrderIdLength} characters`;

export function isOrderId(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= maxOrderIdLength;
}

function readMetadata(value: unknown): InvoiceMetadata {
  if (!isObject(value)) throw invalidRequest("metadata: must be a JSON object");
  const entries = Object.entries(value);
  if (entries.length > maxEntries) throw invalidRequest(`metadata: must have at most ${maxEntries} members`);
  for (const [name, text] of entries) {
    if (name.length < 1 || name.length > maxNameLength) {
      throw invalidRequest(`metadata: each name must have 1 to ${maxNameLength} characters`);
    }
    if (typeof text !== "string" || text.length > maxValueLength) {
      throw invalidRequest(`metadata.${name}: must be a text of at most ${maxValueLength} characters`);
    }
  }
  return value as InvoiceMetadata;
}

function readExpiry(value: unknown): number {
  const expiresInMs = durationMs(value);
  if (expiresInMs >= 1_000 && expiresInMs <= maxExpiryMs) return expiresInMs;
  throw invalidRequest('expiresIn: must be whole seconds, or a text such as "15m" (s, m, h, d), from 1 s to 365 d');
}

function durationMs(value: unknown): number {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value * 1_000 : Number.NaN;
  const parts = typeof value === "string" ? /^(\d{1,9})([smhd])$/.exec(value) : null;
  return parts === null ? Number.NaN : Number(parts[1]) * (unitMs[parts[2] ?? ""] ?? Number.NaN);
}
