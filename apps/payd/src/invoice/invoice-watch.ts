/** Notifies the viewers of an invoice of changes. */
export class InvoiceWatch {
  readonly #listeners = new Map<string, Set<() => void>>();

  /** Returns what ends it. */
  on(invoiceId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(invoiceId) ?? new Set();
    this.#listeners.set(invoiceId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(invoiceId) === listeners) this.#listeners.delete(invoiceId);
    };
  }

  changed(invoiceId: string): void {
    for (const listener of this.#listeners.get(invoiceId) ?? []) listener();
  }
}
