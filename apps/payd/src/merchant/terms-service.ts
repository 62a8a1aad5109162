import type { DppPaymentRequest, Fees } from "@p4/protocol";
import { isOverdue, type Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordFees } from "../invoice/invoice-steps.ts";
import { buildPaymentRequest, type PaymentRequestContext } from "../invoice/payment-request.ts";
import { PaydError } from "../errors.ts";

export interface TermsServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly quote: () => Promise<Fees>;
  readonly context: Omit<PaymentRequestContext, "paymentUrl">;
  readonly paymentUrl: (invoiceId: string) => string;
  readonly now: () => number;
}

/** Builds the answers to `paymentrequest.create`. */
export class TermsService {
  readonly #options: TermsServiceOptions;

  constructor(options: TermsServiceOptions) {
    this.#options = options;
  }

  /** Throws PAYD_INVOICE_UNKNOWN, PAYD_INVOICE_OVER, PAYD_MINER_UNAVAILABLE. */
  async answer(invoiceId: string): Promise<DppPaymentRequest> {
    const { invoices, context, paymentUrl, now } = this.#options;
    const invoice = await invoices.get(invoiceId);
    if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${invoiceId} does not exist`);
    if (invoice.state === "cancelled") throw new PaydError("PAYD_INVOICE_OVER", `invoice ${invoiceId} was cancelled`);
    if (invoice.state !== "pending") throw new PaydError("PAYD_INVOICE_OVER", `invoice ${invoiceId} has been paid`);
    if (isOverdue(invoice, now())) throw new PaydError("PAYD_INVOICE_OVER", `invoice ${invoiceId} has expired`);
    const quoted = await this.withFees(invoice);
    return buildPaymentRequest(quoted, { ...context, paymentUrl: paymentUrl(invoiceId) });
  }

  /** The invoice with the fees that were promised first; asks the miner only when none were. */
  async withFees(invoice: Invoice): Promise<Invoice> {
    if (invoice.fees !== null) return invoice;
    const fees = await this.#options.quote();
    return this.#options.invoices.update(invoice.id, (current) => recordFees(current, fees));
  }
}
