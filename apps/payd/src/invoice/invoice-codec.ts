import type { Invoice } from "./invoice.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export function encodeInvoice(invoice: Invoice): Uint8Array {
  return encoder.encode(JSON.stringify(invoice));
}

/** Reads what `encodeInvoice` wrote. Throws when the record was written by a newer version of this wallet. */
export function decodeInvoice(bytes: Uint8Array): Invoice {
  const value = JSON.parse(decoder.decode(bytes)) as Invoice;
  if (value.version !== 1)
    throw new Error(`invoice ${value.id}: stored as version ${String(value.version)}, this wallet knows 1`);
  // Earlier versions of this wallet noted none of these.
  return {
    rejections: [],
    orderId: null,
    metadata: {},
    price: null,
    refunds: [],
    cancelledAtMs: null,
    expiredAtMs: null,
    events: [],
    ...(value as Partial<Invoice>),
  } as Invoice;
}
