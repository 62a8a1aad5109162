import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { BlobStore } from "../blob-store.ts";

/** What every blob store must do. */
export function blobStoreContract(name: string, getStore: () => BlobStore): void {
  describe(`blobs: ${name}`, () => {
    it("keeps large bodies byte for byte, and replaces them", async () => {
      const key = `b.${randomUUID()}`;
      expect(await getStore().get(key)).toBeNull();
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 31);
      await getStore().put(key, large);
      expect(Buffer.compare((await getStore().get(key)) ?? new Uint8Array(), large)).toBe(0);
      await getStore().put(key, new Uint8Array([1, 2]));
      expect([...((await getStore().get(key)) ?? [])]).toEqual([1, 2]);
    });

    it("forgets what is deleted, and takes the key again", async () => {
      const key = `b.${randomUUID()}`;
      await getStore().delete(key);
      await getStore().put(key, new Uint8Array([1]));
      await getStore().delete(key);
      await getStore().delete(key);
      expect(await getStore().get(key)).toBeNull();
      await getStore().put(key, new Uint8Array([2]));
      expect([...((await getStore().get(key)) ?? [])]).toEqual([2]);
    });

    it("refuses a key that could address something else", async () => {
      await expect(getStore().put("a.*", new Uint8Array())).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
    });
  });
}
