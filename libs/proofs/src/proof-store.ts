import { isStoreError, type DocumentStore } from "@p4/event-store";
import { emptyDocument, type ProofDocument } from "./proof-document.ts";

/** Proof documents in a bucket, changed by compare-and-set. */
export class ProofStore {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async read(txid: string): Promise<ProofDocument | null> {
    const stored = await this.#documents.get(txid);
    return stored === null ? null : parse(stored.bytes);
  }

  /** Reads, changes and writes, again from the start when another writer was faster. `change` may run several times. */
  async change(txid: string, change: (document: ProofDocument) => ProofDocument): Promise<ProofDocument> {
    for (let round = 1; ; round++) {
      const stored = await this.#documents.get(txid);
      const document = stored === null ? emptyDocument(txid) : parse(stored.bytes);
      const changed = change(document);
      if (changed === document) return document;
      try {
        await this.#documents.put(txid, encoder.encode(JSON.stringify(changed)), stored?.revision ?? 0);
        return changed;
      } catch (error) {
        if (!isStoreError(error, "STORE_REVISION_CONFLICT") || round === maxRounds) throw error;
      }
    }
  }
}

/** Each lost round means that another writer got through, so this many are never lost for long. */
const maxRounds = 32;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

function parse(bytes: Uint8Array): ProofDocument {
  return JSON.parse(decoder.decode(bytes)) as ProofDocument;
}
