import { decodeDocument, encodeDocument, retryOnConflict, type DocumentStore } from "@p4/event-store";
import type { Payout } from "./payout.ts";

const prefix = "payout.";

/** Payouts as documents beside the invoices. Each method rejects with a StoreError. */
export class PayoutRepository {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async get(id: string): Promise<Payout | null> {
    return decodeDocument<Payout>(await this.#documents.get(prefix + id));
  }

  async add(payout: Payout): Promise<void> {
    await this.#documents.put(prefix + payout.id, encodeDocument(payout), 0);
  }

  /** What the miner has said is final. */
  settle(id: string, outcome: Pick<Payout, "state" | "refusal">): Promise<Payout> {
    return retryOnConflict(async () => {
      const stored = await this.#documents.get(prefix + id);
      if (stored === null) throw new Error(`payout ${id} is not in the store any more`);
      const before = decodeDocument<Payout>(stored);
      if (before.state !== "signed") return before;
      const after = { ...before, ...outcome };
      await this.#documents.put(prefix + id, encodeDocument(after), stored.revision);
      return after;
    });
  }

  async all(): Promise<readonly Payout[]> {
    const found = new Map<string, Payout>();
    for await (const document of this.#documents.entries(prefix)) found.set(document.key, decodeDocument(document));
    return [...found.values()];
  }
}
