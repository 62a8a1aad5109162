/**
 * Large bodies, kept beside the log: an event then holds the key and the hash instead of the bytes (claim check).
 * Keys are `[A-Za-z0-9_=.-]{1,200}`.
 */
export interface BlobStore {
  /** Stores the bytes under the key; a second put replaces the first. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<Uint8Array | null>;
  /** Does nothing when there is none. */
  delete(key: string): Promise<void>;
}
