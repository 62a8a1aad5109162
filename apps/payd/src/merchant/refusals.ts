/** Why a payment was refused, in words for the customer. */
export interface Refusal {
  readonly memo: string;
  readonly atMs: number;
}

const maxRemembered = 1_000;

/**
 * The last refusal of each invoice, for its checkout page. In memory and bounded, the newest win: what strangers send is not worth a
 * write, and the payer's wallet has the answer.
 */
export class Refusals {
  readonly #byInvoice = new Map<string, Refusal>();

  note(invoiceId: string, refusal: Refusal): void {
    this.#byInvoice.delete(invoiceId);
    this.#byInvoice.set(invoiceId, refusal);
    const [oldest] = this.#byInvoice.keys();
    if (this.#byInvoice.size > maxRemembered && oldest !== undefined) this.#byInvoice.delete(oldest);
  }

  of(invoiceId: string): Refusal | null {
    return this.#byInvoice.get(invoiceId) ?? null;
  }
}
