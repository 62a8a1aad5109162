import { invoiceStates, invoiceStatuses, statusOf, type Invoice } from "../invoice/invoice.ts";
import { isOrderId, orderIdRule } from "./invoice-order.ts";
import { pageParameters, readPage, type Page } from "./page.ts";
import { readQuery } from "./read-query.ts";
import { invalidRequest } from "./read-json.ts";

/** Which invoices are asked for. */
export interface InvoiceFilter {
  readonly matches: (invoice: Invoice) => boolean;
  readonly page: Page;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const parameters = ["state", "status", "orderId", "since", "until", ...pageParameters] as const;

/**
 * `state`, `status`: one of them, or several with commas; `orderId`; `since` and `until`, by when the invoice was made: a time
 * (RFC 3339), or how long ago ("15m"), the first included and the second not; `limit` and `cursor` as `readPage` has them.
 * Throws PAYD_INVALID_REQUEST, which names the parameter and the rule.
 */
export function readInvoiceFilter(
  query: URLSearchParams,
  nowMs: number,
  clockOf: (invoice: Invoice) => number,
): InvoiceFilter {
  const given = readQuery(query, parameters);
  const states = readNames("state", given.state, invoiceStates);
  const statuses = readNames("status", given.status, invoiceStatuses);
  const sinceMs = given.since === undefined ? -Infinity : readTime("since", given.since, nowMs);
  const untilMs = given.until === undefined ? Infinity : readTime("until", given.until, nowMs);
  const { orderId } = given;
  if (orderId !== undefined && !isOrderId(orderId)) throw invalidRequest(orderIdRule);
  return {
    matches: (invoice) =>
      states.includes(invoice.state) &&
      (given.status === undefined || statuses.includes(statusOf(invoice, clockOf(invoice)))) &&
      (orderId === undefined || invoice.orderId === orderId) &&
      invoice.createdAtMs >= sinceMs &&
      invoice.createdAtMs < untilMs,
    page: readPage(given),
  };
}

function readNames<Name extends string>(
  parameter: string,
  text: string | undefined,
  all: readonly Name[],
): readonly Name[] {
  if (text === undefined) return all;
  const names = text.split(",");
  const known = all.filter((name) => names.includes(name));
  if (known.length === names.length) return known;
  throw invalidRequest(`${parameter}: must be one or more of ${all.join(", ")}, each once, with commas between them`);
}

function readTime(parameter: string, text: string, nowMs: number): number {
  const [, count = "", unit = ""] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== "") return nowMs - Number(count) * (unitMs[unit] ?? 0);
  // A zone is asked for: a till's and a server's clocks need not be in the same one.
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text);
  const atMs = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) {
    throw invalidRequest(
      `${parameter}: must be a time such as 2026-11-23T09:30:00Z, or how long ago: "15m" (s, m, h, d)`,
    );
  }
  return atMs;
}
