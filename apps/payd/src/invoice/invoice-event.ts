import type { Invoice, InvoiceState } from "./invoice.ts";

/** What a shop is told of an invoice. `proved` implies `paid`, which may have been skipped. */
export const invoiceEventTypes = [
  "invoice.created",
  "invoice.broadcast",
  "invoice.paid",
  "invoice.proved",
  "invoice.proof_revoked",
  "invoice.double_spend",
  "invoice.rejected",
  "invoice.refunded",
  "invoice.cancelled",
  "invoice.expired",
  "invoice.closed",
] as const;
export type InvoiceEventType = (typeof invoiceEventTypes)[number];

/** Part of the invoice's own document: stored in one write with the change that it tells of. */
export interface InvoiceEvent {
  /** 1, 2, 3, ... within the invoice. */
  readonly sequence: number;
  readonly type: InvoiceEventType;
  readonly atMs: number;
  /** As they were then. */
  readonly state: InvoiceState;
  readonly txid: string | null;
}

/** Far more than an invoice has in its life; only a chain that reorganises for days could bring it there. */
const maxEvents = 200;

/** The invoice after a step, with the events that tell of it. */
export function withEvents(before: Invoice, after: Invoice, atMs: number): Invoice {
  const types = changesBetween(before, after);
  if (types.length === 0) return after;
  const last = before.events.at(-1)?.sequence ?? 0;
  const { state, payment } = after;
  const events = types.map((type, i) => ({ sequence: last + i + 1, type, atMs, state, txid: payment?.txid ?? null }));
  return { ...after, events: [...before.events, ...events].slice(-maxEvents) };
}

function changesBetween(before: Invoice, after: Invoice): InvoiceEventType[] {
  const types: InvoiceEventType[] = [];
  if (before.state !== after.state) types.push(...entered(before.state, after.state));
  if (after.doubleSpends.length > before.doubleSpends.length) types.push("invoice.double_spend");
  if (after.rejections.length > before.rejections.length) types.push("invoice.rejected");
  if (after.refunds.length > before.refunds.length) types.push("invoice.refunded");
  if (before.expiredAtMs === null && after.expiredAtMs !== null) types.push("invoice.expired");
  if (after.state === "pending" && before.channel !== "closed" && after.channel === "closed") {
    types.push("invoice.closed");
  }
  return types;
}

function entered(from: InvoiceState, to: InvoiceState): InvoiceEventType[] {
  switch (to) {
    // Whether a payment that is being checked will hold is not for the shop to watch.
    case "pending":
    case "paymentReceived":
      return [];
    case "paid":
      return [from === "proved" ? "invoice.proof_revoked" : "invoice.paid"];
    case "broadcast":
    case "proved":
    case "cancelled":
      return [`invoice.${to}`];
  }
}
