import type { Logger } from "@p4/telemetry";
import { needsMerchant, type Invoice } from "../invoice/invoice.ts";
import { isPaydError } from "../errors.ts";
import type { Channels } from "./channels.ts";
import type { InvoiceService, InvoiceOrder } from "./invoice-service.ts";

export interface OpenInvoiceOptions {
  readonly invoiceService: InvoiceService;
  readonly channels: Channels;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Makes an invoice and joins its channel. A server that is away does not take the invoice back: it comes with the channel
 * `none`, and is joined when its checkout page is opened, or by `POST /connect`.
 */
export async function openInvoice(order: InvoiceOrder, options: OpenInvoiceOptions, id?: string): Promise<Invoice> {
  const invoice = await options.invoiceService.create(order, id);
  if (needsMerchant(invoice, options.now())) await attendInvoice(invoice.id, options);
  return options.invoiceService.get(invoice.id);
}

/** Joins the channel of an invoice that can be paid and has no merchant there yet. Tells failures to the log alone. */
export function attendIfNeeded(invoice: Invoice, options: OpenInvoiceOptions): void {
  if (needsMerchant(invoice, options.now())) void attendInvoice(invoice.id, options);
}

async function attendInvoice(invoiceId: string, { channels, logger }: OpenInvoiceOptions): Promise<void> {
  try {
    await channels.connect(invoiceId);
  } catch (error) {
    logger.warn({ invoiceId, code: isPaydError(error) ? error.code : undefined, error }, "channel not joined yet");
  }
}
