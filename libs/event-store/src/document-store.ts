/** A small record with a revision for optimistic concurrency. */
export interface StoredDocument {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly revision: number;
  readonly storedAtMs: number;
}

/**
 * Keyed records of one kind: proofs by transaction, invoices by id, the channel index.
 * Keys are `[A-Za-z0-9_=.-]{1,200}`.
 */
export interface DocumentStore {
  get(key: string, options?: GetOptions): Promise<StoredDocument | null>;
  /** Writes only if the revision is still the given one (0: the key must not exist); STORE_REVISION_CONFLICT otherwise. */
  put(key: string, bytes: Uint8Array, expectedRevision: number): Promise<number>;
  /** Writes whatever is there. */
  set(key: string, bytes: Uint8Array): Promise<number>;
  delete(key: string): Promise<void>;
  keys(prefix?: string): AsyncIterable<string>;
  /** Whole documents, page by page, in the order of their revisions. Fastest where the prefix ends with a dot. */
  entries(prefix?: string, options?: EntriesOptions): AsyncIterable<StoredDocument>;
}

export interface GetOptions {
  /**
   * It is mostly not there: the leader is asked at once, which alone can say so. Default: a replica is asked, and the leader
   * when that has nothing.
   */
  readonly expectNone?: boolean;
}

export interface EntriesOptions {
  /** Only documents that were written after this revision. */
  readonly afterRevision?: number;
}
