import { decodeDocument, encodeDocument, type DocumentStore } from "@p4/event-store";
import type { BlockClaim } from "@p4/spv";

/** A channel has a proof whose block the header source does not know yet. */
export interface WaitingProof {
  readonly channelId: string;
  readonly txid: string;
  readonly claim: BlockClaim;
  readonly sinceMs: number;
  /** By this version the channel has the proof. Older marks are without. */
  readonly streamVersion?: number;
}

export interface KeptWaitingProof extends WaitingProof {
  readonly key: string;
  readonly revision: number;
}

const prefix = "waiting.";

/** What waits for its header, in the bucket of the proofs: so any node finds it, after a restart too. */
export class WaitingProofs {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** `id`: the same for the same proof on the same channel, fit for a key. */
  async add(id: string, waiting: WaitingProof): Promise<void> {
    await this.#documents.set(`${prefix}${id}`, encodeDocument(waiting));
  }

  async *writtenAfter(revision: number): AsyncIterable<KeptWaitingProof> {
    for await (const entry of this.#documents.entries(prefix, { afterRevision: revision })) {
      const waiting = decodeDocument<WaitingProof>(entry);
      yield { ...waiting, key: entry.key, revision: entry.revision };
    }
  }

  async remove({ key }: Pick<KeptWaitingProof, "key">): Promise<void> {
    await this.#documents.delete(key);
  }
}
