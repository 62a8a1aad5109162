import { describe, expect, it, vi } from "vitest";
import { StoreError } from "./errors.ts";
import { createInMemoryStore } from "./in-memory/create-in-memory-store.ts";
import { decodeDocument, encodeDocument } from "./json-document.ts";
import { retryOnConflict } from "./retry-on-conflict.ts";

const conflict = new StoreError("STORE_REVISION_CONFLICT", "another writer");

describe("retryOnConflict", () => {
  it("loses no change of writers that change one document at once", async () => {
    const documents = createInMemoryStore().documents("counters");
    const count = () =>
      retryOnConflict(async () => {
        const stored = await documents.get("c");
        const { n } = decodeDocument<{ n: number }>(stored) ?? { n: 0 };
        await documents.put("c", encodeDocument({ n: n + 1 }), stored?.revision ?? 0);
        return n;
      });
    const before = await Promise.all(Array.from({ length: 40 }, count));
    expect(before.sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(decodeDocument(await documents.get("c"))).toEqual({ n: 40 });
  });

  it("gives up after its rounds, and at once for another error", async () => {
    let rounds = 0;
    const losing = () => (++rounds > 5 ? Promise.resolve() : Promise.reject(conflict));
    await expect(retryOnConflict(losing, 3)).rejects.toBe(conflict);
    expect(rounds).toBe(3);
    const failing = vi.fn(() => Promise.reject(new StoreError("STORE_UNAVAILABLE", "away")));
    await expect(retryOnConflict(failing)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(failing).toHaveBeenCalledTimes(1);
  });
});
