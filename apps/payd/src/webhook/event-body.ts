import type { InvoiceEvent } from "../invoice/invoice-event.ts";
import type { Invoice } from "../invoice/invoice.ts";

/** `<invoice id>.<sequence>`: the same at each delivery, so that a receiver knows what it has seen. */
export function eventIdOf(invoiceId: string, sequence: number): string {
  return `${invoiceId}.${sequence}`;
}

/** Null for what is no event id. */
export function parseEventId(text: string): { readonly invoiceId: string; readonly sequence: number } | null {
  const [, invoiceId, sequence] = /^([A-Za-z0-9]{8,20})\.(\d{1,6})$/.exec(text) ?? [];
  return invoiceId === undefined ? null : { invoiceId, sequence: Number(sequence) };
}

/** The body of a webhook: from what never changes of the invoice, and what the event has kept; each delivery has the same bytes. */
export function eventBody(invoice: Invoice, event: InvoiceEvent): string {
  return JSON.stringify({
    id: eventIdOf(invoice.id, event.sequence),
    type: event.type,
    sequence: event.sequence,
    createdAt: new Date(event.atMs).toISOString(),
    invoice: {
      id: invoice.id,
      orderId: invoice.orderId,
      metadata: invoice.metadata,
      memo: invoice.memo,
      satoshis: invoice.satoshis,
      state: event.state,
      txid: event.txid,
      createdAt: new Date(invoice.createdAtMs).toISOString(),
      expiresAt: new Date(invoice.expiresAtMs).toISOString(),
    },
  });
}
