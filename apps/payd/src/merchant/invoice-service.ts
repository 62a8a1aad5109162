import { isStoreError } from "@p4/event-store";
import { PaydError } from "../errors.ts";
import type { PriceService } from "../price/price-service.ts";
import { createInvoice, type Invoice, type InvoiceMetadata } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordCancelled } from "../invoice/invoice-steps.ts";
import type { InvoiceKeys } from "../keys/invoice-keys.ts";

/** What is asked for: satoshis, or what an amount of a currency comes to when the invoice is made. */
export type InvoiceSum =
  | { readonly satoshis: number; readonly amount?: never }
  /** Decimal text, and ISO 4217. */
  | { readonly amount: string; readonly currency: string; readonly satoshis?: never };

export type InvoiceOrder = InvoiceSum & OrderDetails;

interface OrderDetails {
  readonly memo: string | null;
  readonly orderId: string | null;
  readonly metadata: InvoiceMetadata;
  readonly expiresInMs: number;
}

export interface InvoiceServiceOptions {
  readonly invoices: InvoiceRepository;
  readonly keys: InvoiceKeys;
  readonly prices: PriceService;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Opens invoices and finds them again. */
export class InvoiceService {
  readonly #options: InvoiceServiceOptions;

  constructor(options: InvoiceServiceOptions) {
    this.#options = options;
  }

  /**
   * `id`: where it is decided already; an invoice that has it is given as it is. Throws what `PriceService.quote` throws.
   */
  async create(order: InvoiceOrder, id = this.#options.newId()): Promise<Invoice> {
    const { invoices, keys, prices, now } = this.#options;
    const { memo, orderId, metadata, expiresInMs } = order;
    // A repetition gets the first one with its rate, also when there is no fresh rate any more.
    const made = order.amount === undefined ? null : await invoices.get(id);
    if (made !== null) return made;
    const { satoshis, price } =
      order.amount === undefined
        ? { satoshis: order.satoshis, price: null }
        : await prices.quote(order.amount, order.currency);
    const keyIndex = await invoices.takeKeyIndex();
    const createdAtMs = now();
    const invoice = createInvoice({
      id,
      keyIndex,
      satoshis,
      price,
      memo,
      orderId,
      metadata,
      createdAtMs,
      expiresAtMs: createdAtMs + expiresInMs,
      lockingScript: keys.lockingScript(keyIndex),
    });
    try {
      await invoices.add(invoice);
      return invoice;
    } catch (error) {
      const first = isStoreError(error, "STORE_REVISION_CONFLICT") ? await invoices.get(id) : null;
      if (first === null) throw error;
      return first;
    }
  }

  /** Takes an invoice back; once more is once. Throws PAYD_INVOICE_UNKNOWN, PAYD_INVOICE_PAID. */
  async cancel(id: string): Promise<Invoice> {
    await this.get(id);
    const { invoices, now } = this.#options;
    const invoice = await invoices.update(id, (current) => recordCancelled(current, now()));
    if (invoice.state === "cancelled") return invoice;
    throw new PaydError("PAYD_INVOICE_PAID", `invoice ${id} is paid, or being paid: it cannot be cancelled`);
  }

  /** Throws PAYD_INVOICE_UNKNOWN. */
  async get(id: string): Promise<Invoice> {
    const invoice = isInvoiceId(id) ? await this.#options.invoices.get(id) : null;
    if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${id.slice(0, 64)} does not exist`);
    return invoice;
  }

  /** Those that match, in no order. */
  async list(matches: (invoice: Invoice) => boolean): Promise<readonly Invoice[]> {
    const found = new Map<string, Invoice>();
    for await (const invoice of this.#options.invoices.all()) {
      if (matches(invoice)) found.set(invoice.id, invoice);
      else found.delete(invoice.id);
    }
    return [...found.values()];
  }
}

/** PayD's customers pay only URLs whose channel id is letters and digits, six or more of them. */
export function isInvoiceId(text: string): boolean {
  return /^[A-Za-z0-9]{8,20}$/.test(text);
}
