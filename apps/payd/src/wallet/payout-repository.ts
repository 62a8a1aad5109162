import {
  decodeDocument,
  encodeDocument,
  isStoreError,
  retryOnConflict,
  StoreError,
  type DocumentStore,
} from "@p4/event-store";
import type { Payout } from "./payout.ts";

const prefix = "payout.";
const journalKey = "payout-journal";
/** Asks past the replicas: what lags behind could make the same payment twice. */
const fromLeader = { expectNone: true } as const;

/** How many payouts there are, and the newest, which a crash may have left without a document of its own. */
interface Journal {
  readonly count: number;
  readonly newest: Payout;
}

/** All payouts, as of one revision of the journal: one that is added to them is added to these and no others. */
export interface PayoutBook {
  readonly payouts: readonly Payout[];
  readonly revision: number;
}

/**
 * Payouts as documents beside the invoices. Which coins are spent and how much was refunded is what they say together, so a payout is
 * added only by who has seen all others: the journal's revision tells, also between two processes. Each method rejects with a StoreError.
 */
export class PayoutRepository {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async get(id: string): Promise<Payout | null> {
    return decodeDocument<Payout>(await this.#documents.get(prefix + id, fromLeader));
  }

  /** STORE_UNAVAILABLE where a replica that answers does not have them all. */
  async open(): Promise<PayoutBook> {
    const stored = await this.#documents.get(journalKey, fromLeader);
    const journal = decodeDocument<Journal>(stored);
    if (journal !== null) await this.#keep(journal.newest);
    const found = new Map<string, Payout>();
    for await (const document of this.#documents.entries(prefix)) found.set(document.key, decodeDocument(document));
    if (found.size < (journal?.count ?? 0)) {
      throw new StoreError("STORE_UNAVAILABLE", `${found.size} of ${journal?.count ?? 0} payouts can be read`);
    }
    return { payouts: [...found.values()], revision: stored?.revision ?? 0 };
  }

  /** STORE_REVISION_CONFLICT where there is another one by now. */
  async add(payout: Payout, { payouts, revision }: PayoutBook): Promise<void> {
    const journal: Journal = { count: payouts.length + 1, newest: payout };
    await this.#documents.put(journalKey, encodeDocument(journal), revision);
    await this.#keep(payout);
  }

  /** What the miner has said is final. */
  settle(id: string, outcome: Pick<Payout, "state" | "refusal">): Promise<Payout> {
    return retryOnConflict(async () => {
      const stored = await this.#documents.get(prefix + id, fromLeader);
      if (stored === null) throw new Error(`payout ${id} is not in the store any more`);
      const before = decodeDocument<Payout>(stored);
      if (before.state !== "signed") return before;
      const after = { ...before, ...outcome };
      await this.#documents.put(prefix + id, encodeDocument(after), stored.revision);
      return after;
    });
  }

  async #keep(payout: Payout): Promise<void> {
    if ((await this.get(payout.id)) !== null) return;
    try {
      await this.#documents.put(prefix + payout.id, encodeDocument(payout), 0);
    } catch (error) {
      // Another one that has read the journal was faster.
      if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
    }
  }
}
