import type { ChannelSummary } from "@p4/channel";
import { createInMemoryStore, StoreError, type DocumentStore } from "@p4/event-store";
import { beforeEach, describe, expect, it } from "vitest";
import { OverdueChannels } from "./overdue-channels.ts";

const nowMs = 1_000_000;
const [past, future] = [nowMs - 1, nowMs + 60_000];
let documents: DocumentStore;
/** Documents that sweeps have read. */
let read: string[];
/** Channels that the log knows as ended, and the index not yet. */
let endedInLog: string[];
/** The last revision that the replica has which answers. */
let replicaHas: number;

beforeEach(() => {
  const store = createInMemoryStore().documents("index");
  [read, endedInLog, replicaHas] = [[], [], Infinity];
  documents = {
    get: (key) => store.get(key),
    put: (key, bytes, revision) => store.put(key, bytes, revision),
    set: (key, bytes) => store.set(key, bytes),
    delete: (key) => store.delete(key),
    keys: (prefix) => store.keys(prefix),
    async *entries(prefix, options) {
      for await (const document of store.entries(prefix, options)) {
        if (document.revision > replicaHas) return;
        read.push(document.key.replace("channel.", ""));
        yield document;
      }
    },
  };
});

async function index(channelId: string, state: ChannelSummary["state"], expiresAtMs: number): Promise<void> {
  const bytes = new TextEncoder().encode(JSON.stringify({ channelId, state, expiresAtMs }));
  await documents.set(`channel.${channelId}`, bytes);
}

async function catchUp(): Promise<void> {
  for (const id of endedInLog.splice(0)) await index(id, "expired", past);
}

function sweeper(rangeDocuments = 2) {
  return new OverdueChannels({ documents, index: { catchUp }, rangeDocuments });
}

async function endInLog(id: string): Promise<void> {
  endedInLog.push(id);
}

/** The channels that were found overdue, and those whose end failed. */
async function sweep(of = sweeper(), { atMs = nowMs, end = endInLog } = {}) {
  const [found, failed]: [string[], string[]] = [[], []];
  read = [];
  const onOverdue = async (id: string): Promise<void> => {
    await end(id);
    found.push(id);
  };
  await of.sweep({ dueBeforeMs: atMs, onOverdue, onError: (id) => failed.push(id) });
  return { found: found.toSorted(), failed };
}

describe("a sweep", () => {
  it("finds what is open and past its deadline, and nothing else", async () => {
    await index("late", "awaitingPayment", past);
    await index("settled", "settled", past);
    await index("early", "awaitingPayment", future);
    for (const state of ["expired", "closed", "damaged"] as const) await index(state, state, past);
    expect(await sweep()).toEqual({ found: ["late", "settled"], failed: [] });
  });

  it("reads each summary once, and a range again when its first deadline has come", async () => {
    for (const id of ["a", "b", "c", "d"]) await index(id, "awaitingTerms", id === "c" ? nowMs + 10 : future);
    await sweep();
    expect(read).toEqual(["a", "b", "c", "d"]);
    await sweep();
    expect(read).toEqual([]);
    await index("e", "awaitingTerms", past);
    expect(await sweep()).toMatchObject({ found: ["e"] });
    expect(read).toEqual(["e"]);
    expect(await sweep(sweeper(), { atMs: nowMs + 11 })).toMatchObject({ found: ["c"] });
    // The one behind a range tells that it is over: that of c, that of e, which has ended, and then it is new itself.
    expect(read).toEqual(["c", "d", "e", "e", "e"]);
  });

  it("does not find again what was ended, nor what has moved its deadline", async () => {
    await index("a", "awaitingTerms", past);
    await index("b", "awaitingTerms", nowMs + 10);
    expect(await sweep()).toMatchObject({ found: ["a"] });
    await index("a", "expired", past);
    await index("b", "awaitingTerms", future);
    expect(await sweep(sweeper(), { atMs: nowMs + 20 })).toMatchObject({ found: [] });
    expect(await sweep(sweeper(), { atMs: future + 1 })).toMatchObject({ found: ["b"] });
  });

  it("finds it again while it cannot be ended, and the others all the same", async () => {
    for (const id of ["a", "b", "c"]) await index(id, "awaitingTerms", past);
    const fail = (id: string) => (id === "b" ? Promise.reject(new Error("away")) : endInLog(id));
    expect(await sweep(sweeper(), { end: fail })).toEqual({ found: ["a", "c"], failed: ["b"] });
    expect(await sweep()).toMatchObject({ found: ["b"] });
  });

  it("finds it again when its end was refused without an error, until the index shows one", async () => {
    for (const id of ["a", "b"]) await index(id, "awaitingTerms", past);
    const refuse = (id: string) => (id === "b" ? Promise.resolve() : endInLog(id));
    expect(await sweep(sweeper(), { end: refuse })).toMatchObject({ found: ["a", "b"] });
    expect(await sweep()).toMatchObject({ found: ["b"] });
    expect(await sweep()).toMatchObject({ found: [] });
  });

  it.each([
    ["only a part of a range", "b", ["a", "b"], ["c", "d"]],
    ["nothing of a range", "none", [], ["a", "b", "c", "d"]],
  ])("comes back for the rest when a replica has %s", async (_, last, first, rest) => {
    for (const id of ["a", "b", "c", "d"]) await index(id, "awaitingTerms", nowMs + 10);
    await sweep(sweeper(4));
    replicaHas = (await documents.get(`channel.${last}`))?.revision ?? 0;
    expect(await sweep(sweeper(4), { atMs: nowMs + 11 })).toMatchObject({ found: first });
    replicaHas = Infinity;
    expect(await sweep(sweeper(4), { atMs: nowMs + 11 })).toMatchObject({ found: rest });
    expect(await sweep(sweeper(4), { atMs: nowMs + 11 })).toMatchObject({ found: [] });
  });

  it("sweeps what the index has when it cannot be brought up to date, and tells so afterwards", async () => {
    await index("late", "awaitingTerms", past);
    const leaderless = new StoreError("STORE_UNAVAILABLE", "shard 3 has no leader");
    const stale = new OverdueChannels({ documents, index: { catchUp: () => Promise.reject(leaderless) } });
    const found: string[] = [];
    const onOverdue = async (id: string): Promise<void> => void found.push(id);
    const order = { dueBeforeMs: nowMs, onOverdue, onError: () => undefined };
    await expect(stale.sweep(order)).rejects.toBe(leaderless);
    expect(found).toEqual(["late"]);
    expect(await stale.lastRunMs()).not.toBeNull();
    await expect(stale.sweep({ ...order, signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    expect(found).toEqual(["late"]);
  });

  it("goes on where any other process has stopped, and bears one at the same time", async () => {
    for (const id of ["a", "b", "c"]) await index(id, "awaitingTerms", future);
    await Promise.all([sweep(sweeper()), sweep(sweeper())]);
    await sweep(sweeper());
    expect(read).toEqual([]);
    expect(await sweeper().lastRunMs()).not.toBeNull();
  });

  it("remembers little, however many channels are open", async () => {
    for (let i = 0; i < 1_500; i++) await index(`c${String(i)}`, "awaitingTerms", i === 700 ? nowMs + 10 : future);
    await sweep();
    const { bytes } = (await documents.get("sweep")) ?? { bytes: new Uint8Array() };
    const { stretches } = JSON.parse(new TextDecoder().decode(bytes)) as { stretches: unknown[] };
    expect(stretches.length).toBeLessThanOrEqual(256);
    expect(await sweep(sweeper(), { atMs: nowMs + 11 })).toMatchObject({ found: ["c700"] });
    expect(read.length).toBeLessThanOrEqual(9);
  });
});
