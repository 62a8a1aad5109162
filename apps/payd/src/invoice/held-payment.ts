import type { Invoice, InvoicePayment } from "./invoice.ts";

/**
 * The payment that the wallet counts on; null: there is none. A miner has it, and none has rejected it or reported a double spend, unless
 * there is a proof: money in doubt is not spent, not given back, and not added up.
 */
export function heldPayment({ state, payment, doubleSpends, rejections }: Invoice): InvoicePayment | null {
  if (state === "proved") return payment;
  const isTaken = state === "broadcast" || state === "paid";
  return isTaken && doubleSpends.length + rejections.length === 0 ? payment : null;
}

/** What the invoice has brought, before refunds. */
export function heldSatoshis(invoice: Invoice): number {
  const payment = heldPayment(invoice);
  return payment === null ? 0 : (payment.satoshis ?? invoice.satoshis);
}
