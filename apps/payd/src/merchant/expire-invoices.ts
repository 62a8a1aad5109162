import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { recordExpired } from "../invoice/invoice-steps.ts";

export interface ExpireInvoicesOptions {
  readonly invoices: InvoiceRepository;
  /** Whether a payment that came in time is being checked: until that is done the invoice has not expired. */
  readonly isChecking: (invoiceId: string) => boolean;
  readonly now: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const lookEveryMs = 1_000;

/** Notes on each invoice that is not paid when its time is over that it is so: the shop is told of it. */
export class ExpireInvoices {
  readonly #options: ExpireInvoicesOptions;
  /** Those that wait for a payment, and until when. */
  readonly #waiting = new Map<string, number>();
  #looking: Promise<void> = Promise.resolve();

  constructor(options: ExpireInvoicesOptions) {
    this.#options = options;
  }

  /** From the store, then each second. Rejects with a StoreError. */
  async start(): Promise<void> {
    for await (const invoice of this.#options.invoices.all()) this.note(invoice);
    const timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, lookEveryMs).unref();
    this.#options.signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  note({ id, state, expiredAtMs, expiresAtMs }: Invoice): void {
    if (state === "pending" && expiredAtMs === null) this.#waiting.set(id, expiresAtMs);
    else this.#waiting.delete(id);
  }

  /** Resolves when nothing is being noted. */
  idle(): Promise<void> {
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { invoices, isChecking, now, logger, signal } = this.#options;
    const nowMs = now();
    for (const [id, expiresAtMs] of this.#waiting) {
      if (signal.aborted) return;
      if (nowMs < expiresAtMs || isChecking(id)) continue;
      try {
        this.note(await invoices.update(id, (invoice) => recordExpired(invoice, nowMs)));
      } catch (error) {
        logger.warn({ invoiceId: id, error }, "the invoice's end is noted later");
        // What is wrong with this one alone keeps no other waiting.
        if (isStoreError(error)) return;
      }
    }
  }
}
