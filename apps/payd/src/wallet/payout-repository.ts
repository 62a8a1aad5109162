import { isStoreError, type DocumentStore } from "@p4/event-store";
import type { Payout } from "./payout.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
const prefix = "payout.";

/** Payouts as documents beside the invoices. Each method rejects with a StoreError. */
export class PayoutRepository {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async get(id: string): Promise<Payout | null> {
    const stored = await this.#documents.get(prefix + id);
    return stored === null ? null : decode(stored.bytes);
  }

  async add(payout: Payout): Promise<void> {
    await this.#documents.put(prefix + payout.id, encode(payout), 0);
  }

  /** What the miner has said is final. */
  async settle(id: string, outcome: Pick<Payout, "state" | "refusal">): Promise<Payout> {
    for (;;) {
      const stored = await this.#documents.get(prefix + id);
      if (stored === null) throw new Error(`payout ${id} is not in the store any more`);
      const before = decode(stored.bytes);
      if (before.state !== "signed") return before;
      const after = { ...before, ...outcome };
      try {
        await this.#documents.put(prefix + id, encode(after), stored.revision);
        return after;
      } catch (error) {
        if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
      }
    }
  }

  async all(): Promise<readonly Payout[]> {
    const found = new Map<string, Payout>();
    for await (const { key, bytes } of this.#documents.entries(prefix)) found.set(key, decode(bytes));
    return [...found.values()];
  }
}

function encode(payout: Payout): Uint8Array {
  return encoder.encode(JSON.stringify(payout));
}

function decode(bytes: Uint8Array): Payout {
  return JSON.parse(decoder.decode(bytes)) as Payout;
}
