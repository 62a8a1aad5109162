import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DocumentStore } from "../document-store.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What every document store must do. The store may hold other keys. */
export function documentStoreContract(name: string, getStore: () => DocumentStore): void {
  const newKey = (): string => `k.${randomUUID()}`;

  async function read(key: string): Promise<string | null> {
    const document = await getStore().get(key);
    return document === null ? null : new TextDecoder().decode(document.bytes);
  }

  describe(`documents: ${name}`, () => {
    it("creates, reads and replaces by revision", async () => {
      const key = newKey();
      expect(await getStore().get(key)).toBeNull();
      const first = await getStore().put(key, bytes("one"), 0);
      expect(await getStore().get(key)).toMatchObject({ key, revision: first });
      const second = await getStore().put(key, bytes("two"), first);
      expect(second).toBeGreaterThan(first);
      expect(await read(key)).toBe("two");
    });

    it("tells the same when it is asked for what is mostly not there", async () => {
      const key = newKey();
      const ask = () => getStore().get(key, { expectNone: true });
      expect(await ask()).toBeNull();
      const revision = await getStore().put(key, bytes("one"), 0);
      const found = await ask();
      expect(found).toMatchObject({ key, revision });
      expect(new TextDecoder().decode(found?.bytes)).toBe("one");
      await getStore().delete(key);
      expect(await ask()).toBeNull();
    });

    it("refuses a stale revision and leaves the document alone", async () => {
      const key = newKey();
      const first = await getStore().put(key, bytes("one"), 0);
      await getStore().put(key, bytes("two"), first);
      for (const revision of [0, first]) {
        await expect(getStore().put(key, bytes("late"), revision)).rejects.toMatchObject({
          code: "STORE_REVISION_CONFLICT",
        });
      }
      expect(await read(key)).toBe("two");
    });

    it("sets without looking, deletes, and creates again", async () => {
      const key = newKey();
      await getStore().set(key, bytes("one"));
      await getStore().set(key, bytes("two"));
      expect(await read(key)).toBe("two");
      await getStore().delete(key);
      await getStore().delete(key);
      expect(await read(key)).toBeNull();
      await getStore().put(key, bytes("three"), 0);
      expect(await read(key)).toBe("three");
    });

    it("lists the keys and the documents that are there, by prefix", async () => {
      const prefix = `list-${randomUUID()}.`;
      const keys = Array.from({ length: 40 }, (_, i) => `${prefix}${i}`);
      await Promise.all(keys.map((key) => getStore().put(key, bytes("x"), 0)));
      await getStore().delete(`${prefix}7`);
      const found: string[] = [];
      for await (const key of getStore().keys(prefix)) found.push(key);
      expect(found.toSorted()).toEqual(keys.filter((key) => key !== `${prefix}7`).toSorted());
      const entries: string[] = [];
      for await (const { key, bytes: body } of getStore().entries(prefix)) {
        expect([new TextDecoder().decode(body), (await getStore().get(key))?.bytes]).toEqual(["x", body]);
        entries.push(key);
      }
      expect(entries.toSorted()).toEqual(found.toSorted());
    });

    it("lists documents in the order of their revisions, also from the middle on", async () => {
      const prefix = `order-${randomUUID()}.`;
      const revisions = new Map<string, number>();
      for (const key of ["a", "b", "c", "a", "d"]) {
        revisions.set(`${prefix}${key}`, await getStore().set(`${prefix}${key}`, bytes("x")));
      }
      const list = async (afterRevision?: number): Promise<string[]> => {
        const found: string[] = [];
        const options = afterRevision === undefined ? {} : { afterRevision };
        for await (const { key, revision } of getStore().entries(prefix, options)) {
          expect(revision).toBe(revisions.get(key));
          found.push(key.slice(prefix.length));
        }
        return found;
      };
      expect(await list()).toEqual(["b", "c", "a", "d"]);
      expect(await list(revisions.get(`${prefix}c`))).toEqual(["a", "d"]);
      expect(await list(revisions.get(`${prefix}d`))).toEqual([]);
    });

    it.each(["", ".a", "a.", "a..b", "a*", "a b", "x".repeat(201)])("refuses the key %j", async (key) => {
      await expect(getStore().set(key, bytes("x"))).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
      await expect(getStore().get(key)).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
    });
  });
}
