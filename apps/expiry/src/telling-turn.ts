import { positionKey, type StoredPosition } from "@p4/app";
import { decodeDocument, encodeDocument, isStoreError, type DocumentStore } from "@p4/event-store";
import type { FailingWebhook } from "@p4/webhooks";

/**
 * Which worker tells webhooks, and from where in the log: one document, which its owner rewrites again and again. A worker that has
 * not seen it change for a while takes it over; whichever writes second of two is refused. No clock is compared with another's.
 *
 * Each method rejects with a StoreError.
 */
export class TellingTurn {
  readonly #documents: DocumentStore;
  readonly #owner: string;
  readonly #silentMs: number;
  #revision = 0;
  #seenAtMs = 0;
  #kept: ReadonlyMap<number, number> = new Map();
  #failing: readonly FailingWebhook[] = [];

  /** `owner`: this worker's own id. `silentMs`: how long another one has to have been silent. */
  constructor(documents: DocumentStore, { owner, silentMs }: { readonly owner: string; readonly silentMs: number }) {
    this.#documents = documents;
    this.#owner = owner;
    this.#silentMs = silentMs;
  }

  /** The position of each shard from which to tell, when it is this worker's turn; else null. */
  async take(): Promise<ReadonlyMap<number, number> | null> {
    const stored = await this.#documents.get(positionKey);
    const { owner, positions } = decodeDocument<StoredPosition>(stored) ?? { owner: null, positions: [] };
    const revision = stored?.revision ?? 0;
    if (revision !== this.#revision) {
      this.#revision = revision;
      this.#seenAtMs = performance.now();
    }
    const isHeld = owner !== null && owner !== this.#owner && performance.now() - this.#seenAtMs < this.#silentMs;
    const from = new Map(positions);
    return !isHeld && (await this.keep(from)) ? from : null;
  }

  /** Stores how far the log has been told, and what fails. False: another worker has taken the turn. */
  keep(positions: ReadonlyMap<number, number>, failing: readonly FailingWebhook[] = []): Promise<boolean> {
    this.#kept = positions;
    this.#failing = failing;
    return this.#write(this.#owner);
  }

  /** Lets another worker go on from there at once. */
  leave(): Promise<boolean> {
    return this.#write(null);
  }

  async #write(owner: string | null): Promise<boolean> {
    const position: StoredPosition = { version: 1, owner, positions: [...this.#kept], failing: this.#failing };
    try {
      this.#revision = await this.#documents.put(positionKey, encodeDocument(position), this.#revision);
      return true;
    } catch (error) {
      if (isStoreError(error, "STORE_REVISION_CONFLICT")) return false;
      throw error;
    }
  }
}
