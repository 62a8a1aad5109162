import { createInMemoryStore, type DocumentStore } from "@p4/event-store";
import { describe, expect, it } from "vitest";
import { addNotice, addProof, type StoredProof } from "./proof-document.ts";
import { ProofStore, type NewsOrigin } from "./proof-store.ts";

const txid = "1a".repeat(32);
const notice = (status: string) => ({ status, blockHash: null, channelId: "inv1", recordedAtMs: 1 });

const submitted: NewsOrigin = { channelId: "inv1", isSubmitted: true };
const stray: NewsOrigin = { channelId: "inv1", isSubmitted: false };
const storeOver = (kept: DocumentStore, strays = createInMemoryStore().documents("strays")) =>
  new ProofStore(kept, strays);

describe("ProofStore", () => {
  it("loses no change when many write at the same time", async () => {
    const store = storeOver(createInMemoryStore().documents("proofs"));
    const statuses = Array.from({ length: 8 }, (_, i) => `STATUS_${i}`);
    await Promise.all(
      statuses.map((status) => store.change(txid, submitted, (document) => addNotice(document, notice(status)))),
    );
    const stored = await store.read(txid);
    expect(stored?.notices.map(({ status }) => status).sort()).toEqual(statuses);
  });

  it("writes nothing when nothing has changed", async () => {
    const documents = createInMemoryStore().documents("proofs");
    const store = storeOver(documents);
    await store.change(txid, submitted, (document) => document);
    expect(await store.read(txid)).toBeNull();
    await store.change(txid, submitted, (document) => addNotice(document, notice("SEEN")));
    await store.change(txid, submitted, (document) => addNotice(document, notice("SEEN")));
    expect((await documents.get(txid))?.revision).toBe(1);
  });

  it("takes what was seen for read, and reads again where that has changed since", async () => {
    const documents = createInMemoryStore().documents("proofs");
    const store = storeOver(documents);
    const seen = await store.look(txid);
    let reads = 0;
    const get = documents.get.bind(documents);
    documents.get = (key) => {
      reads++;
      return get(key);
    };
    const say = (status: string) =>
      store.change(txid, submitted, (document) => addNotice(document, notice(status)), seen);
    await say("FIRST");
    expect(reads).toBe(0);
    await say("SECOND");
    expect(reads).toBe(1);
    expect((await store.read(txid))?.notices.map(({ status }) => status)).toEqual(["FIRST", "SECOND"]);
  });

  it("gives up on a document that always changes under it", async () => {
    const documents = createInMemoryStore().documents("proofs");
    const get = documents.get.bind(documents);
    documents.get = async (key) => {
      const found = await get(key);
      await documents.set(key, new TextEncoder().encode(JSON.stringify({ txid, proofs: [], notices: [] })));
      return found;
    };
    const change = storeOver(documents).change(txid, submitted, (document) => addNotice(document, notice("SEEN")));
    await expect(change).rejects.toMatchObject({ code: "STORE_REVISION_CONFLICT", retryable: true });
  });
});

describe("news of a transaction that the channel has not submitted", () => {
  const proof = (bodyText: string, channelId = "inv1"): StoredProof => ({
    status: "received",
    blockHash: null,
    blockHeight: 1,
    merkleRoot: bodyText.slice(0, 3),
    source: "arc",
    bodyText,
    channelId,
    recordedAtMs: 1,
  });

  function twoBuckets() {
    const memory = createInMemoryStore();
    const [kept, strays] = [memory.documents("proofs"), memory.documents("strays")];
    return { kept, strays, store: new ProofStore(kept, strays) };
  }

  it("is kept apart, and read back until the transaction is submitted", async () => {
    const { store, kept, strays } = twoBuckets();
    await store.change(txid, stray, (document) => addNotice(document, notice("SEEN")));
    expect([await kept.get(txid), await strays.get(txid)]).toMatchObject([null, { key: txid }]);
    expect((await store.read(txid))?.notices).toMatchObject([{ status: "SEEN" }]);
  });

  it("goes on with the transaction once it is submitted, but for what other channels were told", async () => {
    const { store } = twoBuckets();
    await store.change(txid, stray, (document) => addNotice(document, notice("SEEN")));
    await store.change(txid, stray, (document) => addProof(document, proof("made up elsewhere", "inv2")));
    await store.change(txid, submitted, (document) => addNotice(document, notice("MINED")));
    const document = await store.read(txid);
    expect(document?.notices.map(({ status }) => status)).toEqual(["SEEN", "MINED"]);
    expect(document?.proofs).toEqual([]);
  });

  it("is bounded for each transaction", async () => {
    const { store } = twoBuckets();
    for (let index = 0; index < 100; index++) {
      await store.change(txid, stray, (document) => addNotice(document, notice(`STATUS_${index}`)));
      await store.change(txid, stray, (document) => addProof(document, proof(String(index).padEnd(10_000, "x"))));
    }
    const document = await store.read(txid);
    expect([document?.notices.length, document?.proofs.length]).toEqual([8, 6]);
    const large = store.change(txid, stray, (current) => addProof(current, proof("y".repeat(70_000))));
    await expect(large).rejects.toMatchObject({ code: "PROOF_UNSUBMITTED", retryable: true });
  });
});
