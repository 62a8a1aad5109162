import {
  decodeDocument,
  encodeDocument,
  retryOnConflict,
  type DocumentStore,
  type StoredDocument,
  type GetOptions,
} from "@p4/event-store";
import { emptyDocument, onlyOfChannel, withinStrayLimits, type ProofDocument } from "./proof-document.ts";

/** Where news of a transaction come from. */
export interface NewsOrigin {
  readonly channelId: string;
  /** Whether that channel has submitted the transaction. */
  readonly isSubmitted: boolean;
}

/** What the store had of a transaction when it was looked at. */
export interface SeenProofs {
  /** Null: nothing. */
  readonly document: ProofDocument | null;
  readonly kept: StoredDocument | null;
  /** Looked for where nothing was kept. */
  readonly stray: StoredDocument | null;
}

/**
 * Proof documents in two buckets, changed by compare-and-set. Those of transactions that a channel has submitted are kept;
 * those of others, which anyone can make up, are few, small and age.
 */
export class ProofStore {
  readonly #kept: DocumentStore;
  readonly #strays: DocumentStore;

  constructor(kept: DocumentStore, strays: DocumentStore) {
    this.#kept = kept;
    this.#strays = strays;
  }

  async read(txid: string): Promise<ProofDocument | null> {
    return (await this.look(txid)).document;
  }

  /** As `read`, for who may change what is there afterwards: looking for what is not there is what costs most. */
  async look(txid: string, options?: GetOptions): Promise<SeenProofs> {
    const strays = (): Promise<StoredDocument | null> => this.#strays.get(txid, options);
    const isAskedAtOnce = options?.expectNone === true;
    const [kept, found] = await Promise.all([this.#kept.get(txid, options), isAskedAtOnce ? strays() : null]);
    const stray = kept !== null ? null : isAskedAtOnce ? found : await strays();
    const stored = kept ?? stray;
    return { document: decodeDocument<ProofDocument>(stored), kept, stray };
  }

  /**
   * Reads, changes and writes, again from the start when another writer was faster. `change` may run several times. `seen`: what
   * is taken for read at first.
   *
   * @throws StoreError; ProofError PROOF_UNSUBMITTED for a proof that is too large for a transaction that was not submitted.
   */
  async change(
    txid: string,
    { channelId, isSubmitted }: NewsOrigin,
    change: (document: ProofDocument) => ProofDocument,
    seen?: SeenProofs,
  ): Promise<ProofDocument> {
    if (!isSubmitted) return this.#changeStray(txid, change);
    // What came before the payment, from others who name this transaction too, stays behind.
    const begin = async (): Promise<ProofDocument | null> => {
      const stray = seen?.kept === null ? seen.stray : await this.#strays.get(txid);
      return stray === null ? null : onlyOfChannel(decodeDocument(stray), channelId);
    };
    return changeIn(this.#kept, txid, change, { begin, seen: seen?.kept });
  }

  /** Changes the document that `read` has given. */
  async amend(txid: string, change: (document: ProofDocument) => ProofDocument): Promise<ProofDocument> {
    return (await this.#kept.get(txid)) === null ? this.#changeStray(txid, change) : changeIn(this.#kept, txid, change);
  }

  #changeStray(txid: string, change: (document: ProofDocument) => ProofDocument): Promise<ProofDocument> {
    return changeIn(this.#strays, txid, (document) => withinStrayLimits(change(document), document));
  }
}

interface ChangeFrom {
  /** What a document that is not there begins with. */
  readonly begin?: () => Promise<ProofDocument | null>;
  /** Read before; undefined: not read. */
  readonly seen?: StoredDocument | null | undefined;
}

async function changeIn(
  documents: DocumentStore,
  txid: string,
  change: (document: ProofDocument) => ProofDocument,
  { begin = () => Promise.resolve(null), seen }: ChangeFrom = {},
): Promise<ProofDocument> {
  let known = seen;
  return retryOnConflict(async () => {
    const stored = known === undefined ? await documents.get(txid) : known;
    known = undefined;
    const document = (stored === null ? await begin() : decodeDocument<ProofDocument>(stored)) ?? emptyDocument(txid);
    const changed = change(document);
    if (changed !== document) await documents.put(txid, encodeDocument(changed), stored?.revision ?? 0);
    return changed;
  }, maxConflicts);
}

const maxConflicts = 32;
