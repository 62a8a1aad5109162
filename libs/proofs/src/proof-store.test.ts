import { createInMemoryStore } from "@p4/event-store";
import { describe, expect, it } from "vitest";
import { addNotice } from "./proof-document.ts";
import { ProofStore } from "./proof-store.ts";

const txid = "1a".repeat(32);
const notice = (status: string) => ({ status, blockHash: null, channelId: "inv1", recordedAtMs: 1 });

describe("ProofStore", () => {
  it("loses no change when many write at the same time", async () => {
    const store = new ProofStore(createInMemoryStore().documents("proofs"));
    const statuses = Array.from({ length: 8 }, (_, i) => `STATUS_${i}`);
    await Promise.all(statuses.map((status) => store.change(txid, (document) => addNotice(document, notice(status)))));
    const stored = await store.read(txid);
    expect(stored?.notices.map(({ status }) => status).sort()).toEqual(statuses);
  });

  it("writes nothing when nothing has changed", async () => {
    const documents = createInMemoryStore().documents("proofs");
    const store = new ProofStore(documents);
    await store.change(txid, (document) => document);
    expect(await store.read(txid)).toBeNull();
    await store.change(txid, (document) => addNotice(document, notice("SEEN")));
    await store.change(txid, (document) => addNotice(document, notice("SEEN")));
    expect((await documents.get(txid))?.revision).toBe(1);
  });

  it("gives up on a document that always changes under it", async () => {
    const documents = createInMemoryStore().documents("proofs");
    const get = documents.get.bind(documents);
    documents.get = async (key) => {
      const found = await get(key);
      await documents.set(key, new TextEncoder().encode(JSON.stringify({ txid, proofs: [], notices: [] })));
      return found;
    };
    const change = new ProofStore(documents).change(txid, (document) => addNotice(document, notice("SEEN")));
    await expect(change).rejects.toMatchObject({ code: "STORE_REVISION_CONFLICT", retryable: true });
  });
});
