import { PaydError } from "../errors.ts";
import { createInvoice, type Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import type { InvoiceKeys } from "../keys/invoice-keys.ts";

export interface InvoiceOrder {
  readonly satoshis: number;
  readonly memo: string | null;
  readonly expiresInMs: number;
}

export interface InvoiceDeskOptions {
  readonly invoices: InvoiceRepository;
  readonly keys: InvoiceKeys;
  readonly newId: () => string;
  readonly now: () => number;
}

/** Opens invoices and finds them again. */
export class InvoiceDesk {
  readonly #options: InvoiceDeskOptions;

  constructor(options: InvoiceDeskOptions) {
    this.#options = options;
  }

  async create({ satoshis, memo, expiresInMs }: InvoiceOrder): Promise<Invoice> {
    const { invoices, keys, newId, now } = this.#options;
    const keyIndex = await invoices.takeKeyIndex();
    const createdAtMs = now();
    const invoice = createInvoice({
      id: newId(),
      keyIndex,
      satoshis,
      memo,
      createdAtMs,
      expiresAtMs: createdAtMs + expiresInMs,
      lockingScript: keys.lockingScript(keyIndex),
    });
    await invoices.add(invoice);
    return invoice;
  }

  /** Throws PAYD_INVOICE_UNKNOWN. */
  async get(id: string): Promise<Invoice> {
    const invoice = isInvoiceId(id) ? await this.#options.invoices.get(id) : null;
    if (invoice === null) throw new PaydError("PAYD_INVOICE_UNKNOWN", `invoice ${id.slice(0, 64)} does not exist`);
    return invoice;
  }

  /** Those that match, the newest first. */
  async list(matches: (invoice: Invoice) => boolean): Promise<readonly Invoice[]> {
    const found: Invoice[] = [];
    for await (const invoice of this.#options.invoices.all()) if (matches(invoice)) found.push(invoice);
    return found.sort((a, b) => b.createdAtMs - a.createdAtMs || b.keyIndex - a.keyIndex);
  }
}

/** PayD's customers pay only URLs whose channel id is letters and digits, six or more of them. */
export function isInvoiceId(text: string): boolean {
  return /^[A-Za-z0-9]{8,20}$/.test(text);
}
