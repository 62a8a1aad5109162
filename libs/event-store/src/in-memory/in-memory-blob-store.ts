import type { BlobStore } from "../blob-store.ts";
import { assertStoreKey } from "../names.ts";

export function createInMemoryBlobStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(key, bytes) {
      assertStoreKey(key);
      await Promise.resolve();
      blobs.set(key, bytes.slice());
    },
    async get(key) {
      assertStoreKey(key);
      await Promise.resolve();
      return blobs.get(key) ?? null;
    },
    async delete(key) {
      assertStoreKey(key);
      await Promise.resolve();
      blobs.delete(key);
    },
  };
}
