import { describe, expect, it } from "vitest";
import { arcMined, blockA, blockB, headerOf, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer, type ProofServer } from "./test-support/proof-server.ts";

const second = { ...blockB, txid: "2b".repeat(32) };
const seen = (id: string, timestamp = "2026-01-01T00:00:00Z") => ({ txid: id, txStatus: "SEEN_ON_NETWORK", timestamp });
const wrong = { txid: "zz", txStatus: "MINED" };
const foreignPath = { ...arcMined(blockA), txid: "3c".repeat(32) };

const post = (server: ProofServer, ...callbacks: unknown[]) =>
  server.post(`/callbacks?i=${channelId}`, JSON.stringify({ count: callbacks.length, callbacks }));

async function proven(server: ProofServer): Promise<string[]> {
  const events = await server.events(channelId);
  return events.flatMap((event) => (event.type === "ProofRecorded" ? [event.data.proof.txid] : []));
}

describe("a batch with wrong entries", () => {
  it("is taken, and its answer names what was refused and why", async () => {
    const server = await proofServer();
    const response = await post(server, wrong, arcMined(blockA), foreignPath, null, arcMined(second));
    expect(response.status).toBe(201);
    expect(JSON.parse(response.body ?? "")).toEqual({
      refused: [
        { index: 0, code: "SPV_TXID_INVALID", detail: expect.stringContaining("txid") },
        { index: 2, code: "SPV_BUMP_TXID_ABSENT", detail: expect.stringContaining("3c3c") },
        { index: 3, code: "SPV_ARC_CALLBACK_INVALID", detail: expect.stringContaining("objects") },
      ],
    });
    expect(await proven(server)).toEqual([txid, second.txid]);
    expect(server.outcomes).toEqual(["SPV_TXID_INVALID", "SPV_BUMP_TXID_ABSENT", "SPV_ARC_CALLBACK_INVALID", null]);
  });

  it("is refused when nothing of it is right", async () => {
    const server = await proofServer();
    expect((await post(server, wrong, foreignPath)).status).toBe(400);
    expect(await proven(server)).toEqual([]);
  });

  it("whose block is known and has another root is one of them", async () => {
    const server = await proofServer();
    server.headers.add({ ...headerOf(blockA), hash: blockB.blockHash });
    const response = await post(server, arcMined(second), arcMined(blockA));
    expect([response.status, await proven(server)]).toEqual([201, [txid]]);
  });

  it("for a transaction that the URL does not name takes what is about that one", async () => {
    const server = await proofServer();
    const body = JSON.stringify({ callbacks: [arcMined(second), arcMined(blockA)] });
    const response = await server.post(`/proofs/${txid}?i=${channelId}`, body);
    expect([response.status, await proven(server)]).toEqual([201, [txid]]);
  });
});

describe("a batch of which something must be sent again", () => {
  it("is answered 503 after the others are stored, and is complete the next time", async () => {
    const server = await proofServer({ headerPolicy: "require" });
    server.headers.add(headerOf(second));
    const callbacks = [wrong, arcMined(blockA), arcMined(second), seen("4d".repeat(32))];
    const response = await post(server, ...callbacks);
    expect([response.status, response.headers?.["retry-after"]]).toEqual([503, "5"]);
    expect(await proven(server)).toEqual([second.txid]);
    expect((await server.get(`/proofs/${"4d".repeat(32)}`)).status).toBe(200);

    server.headers.add(headerOf(blockA));
    expect((await post(server, ...callbacks)).status).toBe(201);
    expect(await proven(server)).toEqual([second.txid, txid]);
  });

  it("stores the others also when the log failed once", async () => {
    const server = await proofServer();
    server.memory.faults.failNextAppend("STORE_UNAVAILABLE");
    expect((await post(server, arcMined(blockA), arcMined(second))).status).toBe(503);
    expect(await proven(server)).toEqual([second.txid]);
    expect((await post(server, arcMined(blockA), arcMined(second))).status).toBe(201);
    expect(await proven(server)).toEqual([second.txid, txid]);
  });

  it("stops early when the log takes long to say that it cannot", async () => {
    const server = await proofServer();
    const { log } = server.memory;
    let appends = 0;
    log.appendToStream = () => {
      appends++;
      server.nowMs += 3_000;
      return Promise.reject(Object.assign(new Error("no answer"), { code: "STORE_UNAVAILABLE", retryable: true }));
    };
    expect((await post(server, arcMined(blockA), arcMined(second))).status).toBe(503);
    expect(appends).toBe(1);
  });

  it("is an error of ours when it is, after the others are stored", async () => {
    const server = await proofServer();
    server.memory.faults.failNextAppend("STORE_FORBIDDEN");
    expect((await post(server, arcMined(blockA), arcMined(second))).status).toBe(500);
    expect([await proven(server), server.errors.length]).toEqual([[second.txid], 1]);
  });
});

describe("a batch that is sent again", () => {
  it("says nothing new, also of a transaction with several statuses", async () => {
    const server = await proofServer();
    const rival = { ...seen(txid, "2026-01-01T00:00:01Z"), txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: null };
    const callbacks = [seen(txid), rival, seen(txid, "2026-01-01T00:00:02Z"), arcMined(blockA)];
    await post(server, ...callbacks);
    const [events, read] = [await server.events(channelId), await server.get(`/proofs/${txid}`)];
    expect(await post(server, ...callbacks)).toEqual({ status: 201 });
    expect([await server.events(channelId), await server.get(`/proofs/${txid}`)]).toEqual([events, read]);
    expect(JSON.parse(read.body ?? "").notices).toHaveLength(3);
  });
});
