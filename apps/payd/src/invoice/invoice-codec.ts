import { decodeDocument, type StoredDocument } from "@p4/event-store";
import type { Invoice } from "./invoice.ts";

/** Reads a stored invoice. Throws when it was written by a newer version of this wallet. */
export function decodeInvoice(document: Pick<StoredDocument, "bytes">): Invoice {
  const value = decodeDocument<Invoice>(document);
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
