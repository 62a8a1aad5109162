import { heldPayment, heldSatoshis } from "../invoice/held-payment.ts";
import type { Invoice } from "../invoice/invoice.ts";
import { statusOf } from "../invoice/invoice.ts";
import type { InvoiceService } from "../merchant/invoice-service.ts";
import { readInvoiceFilter } from "./invoice-filter.ts";
import type { ScopedRoute } from "./invoice-routes.ts";
import { invalidRequest } from "./read-json.ts";

const columns = [
  ...["invoice", "order", "status", "asked_satoshis", "received_satoshis", "refunded_satoshis", "refund_fee_satoshis"],
  ...["net_satoshis", "txid", "memo", "created_at", "paid_at", "expires_at"],
  ...["currency", "amount", "rate", "rate_at"],
];

/**
 * `GET /api/v1/export.csv`, with the filters of the list: a row for each invoice, the oldest first. `net_satoshis` is received without
 * refunds and their fees: its sum is what the wallet holds of these invoices, before sweeps.
 */
export function exportRoute(
  invoiceService: InvoiceService,
  now: () => number,
  clockOf: (invoice: Invoice) => number,
): ScopedRoute {
  return {
    scope: "invoices:read",
    method: "GET",
    path: "/api/v1/export.csv",
    async handle({ query }) {
      for (const name of ["limit", "cursor"]) if (query.has(name)) throw invalidRequest(`${name}: is for lists alone`);
      const found = await invoiceService.list(readInvoiceFilter(query, now(), clockOf).matches);
      const sorted = found.toSorted((a, b) => a.createdAtMs - b.createdAtMs || a.keyIndex - b.keyIndex);
      const lines = [columns, ...sorted.map((invoice) => rowOf(invoice, clockOf(invoice)))];
      const headers = {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": 'attachment; filename="invoices.csv"',
        "cache-control": "no-store",
      };
      return { status: 200, headers, body: lines.map((cells) => `${cells.map(cellOf).join(",")}\r\n`).join("") };
    },
  };
}

function rowOf(invoice: Invoice, nowMs: number): readonly (string | number)[] {
  const { id, orderId, satoshis, price, memo, payment, refunds, createdAtMs, expiresAtMs } = invoice;
  // One that no miner has yet may still be refused, and one in doubt may never come.
  const held = heldPayment(invoice);
  const received = heldSatoshis(invoice);
  const refunded = refunds.reduce((sum, refund) => sum + refund.satoshis, 0);
  const fees = refunds.reduce((sum, refund) => sum + refund.feeSatoshis, 0);
  return [
    ...[id, orderId ?? "", statusOf(invoice, nowMs), satoshis, received, refunded, fees, received - refunded - fees],
    ...[payment?.txid ?? "", memo ?? "", timeOf(createdAtMs)],
    ...[held === null ? "" : timeOf(held.receivedAtMs), timeOf(expiresAtMs)],
    ...priceCells(price),
  ];
}

function priceCells(price: Invoice["price"]): readonly string[] {
  if (price === null) return ["", "", "", ""];
  return [price.currency, price.amount, price.rate, price.rateAtMs === null ? "" : timeOf(price.rateAtMs)];
}

const timeOf = (atMs: number): string => new Date(atMs).toISOString();

/** As RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe. */
function cellOf(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
