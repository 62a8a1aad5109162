import { PaydError } from "../errors.ts";
import { invoiceStates, type Invoice, type InvoiceState } from "../invoice/invoice.ts";
import { readQuery } from "./read-query.ts";

/** Which invoices `GET /api/v1/invoices` shows, of the newest first. */
export interface InvoiceFilter {
  readonly states: readonly InvoiceState[];
  /** Created at this time or later, in ms since 1970. */
  readonly sinceMs: number;
  readonly limit: number;
}

const maxLimit = 10_000;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * `state`: one of them, or several with commas; `since`: a time (RFC 3339), or how long ago ("15m"); `limit`: the newest so
 * many. Throws PAYD_INVALID_REQUEST, which names the parameter and the rule.
 */
export function readInvoiceFilter(query: URLSearchParams, nowMs: number): InvoiceFilter {
  const { state, since, limit } = readQuery(query, ["state", "since", "limit"]);
  return {
    states: state === undefined ? invoiceStates : readStates(state),
    sinceMs: since === undefined ? -Infinity : readSince(since, nowMs),
    limit: limit === undefined ? Infinity : readLimit(limit),
  };
}

export function matchesFilter({ state, createdAtMs }: Invoice, { states, sinceMs }: InvoiceFilter): boolean {
  return states.includes(state) && createdAtMs >= sinceMs;
}

function readStates(text: string): readonly InvoiceState[] {
  const names = text.split(",");
  const states = invoiceStates.filter((state) => names.includes(state));
  if (states.length === names.length) return states;
  throw invalid(`state: must be one or more of ${invoiceStates.join(", ")}, each once, with commas between them`);
}

function readSince(text: string, nowMs: number): number {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== "") return nowMs - Number(count) * (unitMs[unit] ?? 0);
  // A zone is asked for: a till's and a server's clocks need not be in the same one.
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const atMs = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw invalid('since: must be a time such as 2026-11-23T09:30:00Z, or how long ago: "15m" (s, m, h, d)');
  }
  return atMs;
}

function readLimit(text: string): number {
  const limit = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.NaN;
  if (limit <= maxLimit) return limit;
  throw invalid(`limit: must be a whole number from 1 to ${maxLimit}`);
}

function invalid(rule: string): PaydError {
  return new PaydError("PAYD_INVALID_REQUEST", rule);
}
