import { describe, expect, it, vi } from "vitest";
import { arcMined, blockA, blockB, headerOf, mapiDoubleSpend, mapiProof, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer, ttlMs, type ProofServer } from "./test-support/proof-server.ts";

const url = `/proofs/${txid}?i=${channelId}`;

async function typesOf(server: ProofServer): Promise<string[]> {
  const events = await server.events(channelId);
  return events.map(({ type }) => type).filter((type) => type !== "ChannelOpened");
}

async function readBack(server: ProofServer, id = txid) {
  const { status, body = "" } = await server.get(`/proofs/${id}`);
  return status === 200 ? JSON.parse(body) : status;
}

const statesOf = async (server: ProofServer): Promise<string[]> =>
  (await readBack(server)).proofs.map(({ state }: { state: string }) => state);

describe("a proof", () => {
  it("is one event however often the miner sends it", async () => {
    const server = await proofServer();
    for (let i = 0; i < 3; i++) {
      server.nowMs += 1_000;
      expect(await server.post(url, mapiProof(blockA))).toEqual({ status: 201 });
    }
    expect(await typesOf(server)).toEqual(["ProofRecorded"]);
    expect(await statesOf(server)).toEqual(["received"]);
  });

  it("is one event when two callbacks race", async () => {
    const server = await proofServer();
    const responses = await Promise.all([1, 2, 3].map(() => server.post(url, mapiProof(blockA))));
    expect(responses.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await typesOf(server)).toEqual(["ProofRecorded"]);
    expect(await statesOf(server)).toEqual(["received"]);
  });

  it("asks for all that it reads at once, reads it once, and follows no channel", async () => {
    const server = await proofServer();
    await server.pay(txid);
    const waiting = new Map<string, () => void>();
    const counts = { log: 0, proofs: 0, strays: 0 };
    // None is answered before all are asked.
    const held = async <T>(name: keyof typeof counts, read: () => Promise<T>): Promise<T> => {
      counts[name]++;
      await new Promise<void>((resolve) => {
        waiting.set(name, resolve);
        if (waiting.size === 3) for (const answer of waiting.values()) answer();
      });
      return read();
    };
    const { log } = server.memory;
    const readStream = log.readStream.bind(log);
    log.readStream = (...asked) => held("log", () => readStream(...asked));
    for (const name of ["proofs", "strays"] as const) {
      const documents = server.memory.documents(name);
      const get = documents.get.bind(documents);
      documents.get = (...asked) => held(name, () => get(...asked));
    }
    const subscriptions = vi.spyOn(server.memory.feed, "subscribe");
    expect(await server.post(url, mapiProof(blockA))).toEqual({ status: 201 });
    expect(counts).toEqual({ log: 1, proofs: 1, strays: 1 });
    expect(subscriptions).not.toHaveBeenCalled();
  });

  it("is parsed once", async () => {
    const server = await proofServer();
    const body = mapiProof(blockA);
    const parse = vi.spyOn(JSON, "parse");
    await server.post(url, body);
    const parsed = parse.mock.calls.filter(([text]) => text === body);
    parse.mockRestore();
    expect(parsed.length).toBe(1);
  });

  it("is completed by the retry after a crash between log and record", async () => {
    const server = await proofServer();
    const documents = server.memory.documents("strays");
    const put = documents.put.bind(documents);
    documents.put = () => Promise.reject(new Error("killed"));
    expect((await server.post(url, mapiProof(blockA))).status).toBe(500);
    expect([await typesOf(server), await readBack(server)]).toEqual([["ProofRecorded"], 404]);

    documents.put = put;
    expect((await server.post(url, mapiProof(blockA))).status).toBe(201);
    expect([await typesOf(server), await statesOf(server)]).toEqual([["ProofRecorded"], ["received"]]);
  });

  it("is stored once although the log's answer was lost", async () => {
    const server = await proofServer();
    server.memory.faults.failNextAppend("STORE_UNAVAILABLE", true);
    const response = await server.post(url, mapiProof(blockA));
    expect([response.status, response.headers?.["retry-after"]]).toEqual([503, "5"]);
    expect((await server.post(url, mapiProof(blockA))).status).toBe(201);
    expect(await typesOf(server)).toEqual(["ProofRecorded"]);
  });

  it("becomes verified when it comes again and its header is known", async () => {
    const server = await proofServer();
    await server.post(url, mapiProof(blockA));
    server.headers.add(headerOf(blockA), 100);
    await server.post(url, mapiProof(blockA));
    expect(await statesOf(server)).toEqual(["superseded", "verified"]);
    expect(await typesOf(server)).toEqual(["ProofRecorded", "ProofRecorded"]);
  });

  it("becomes verified when it is read and its header is known, and stays so", async () => {
    const server = await proofServer();
    await server.post(url, mapiProof(blockA, "merkleRoot"));
    expect(await readBack(server)).toMatchObject({ state: "received", proofs: [{ blockHash: null }] });
    server.headers.add(headerOf(blockA), 100);
    const verified = {
      state: "verified",
      proofs: [{ state: "superseded" }, { blockHash: blockA.blockHash, blockHeight: 100 }],
    };
    expect(await readBack(server)).toMatchObject(verified);
    server.headers.away = true;
    expect(await readBack(server)).toMatchObject(verified);
    // The wallets have the proof already: reading sends nothing.
    expect(await typesOf(server)).toEqual(["ProofRecorded"]);
  });

  it("of another block after a reorganisation takes the first one's place, and both are kept", async () => {
    const server = await proofServer();
    for (const block of [blockA, blockB]) server.headers.add(headerOf(block));
    await server.post(url, mapiProof(blockA));
    await server.post(url, mapiProof(blockB));
    expect(await statesOf(server)).toEqual(["superseded", "verified"]);
    expect(await typesOf(server)).toEqual(["ProofRecorded", "ProofRecorded"]);
  });

  it("that names the same block but another root does not stand in the way of the true one", async () => {
    const server = await proofServer();
    await server.post(url, mapiProof({ ...blockA, sibling: blockB.sibling }));
    expect((await server.post(url, mapiProof(blockA))).status).toBe(201);
    expect(await typesOf(server)).toEqual(["ProofRecorded", "ProofRecorded"]);
    server.headers.add(headerOf(blockA));
    expect(await statesOf(server)).toEqual(["superseded", "superseded", "verified"]);
  });

  it("whose header is known and disagrees is refused", async () => {
    const server = await proofServer();
    server.headers.add({ ...headerOf(blockB), hash: blockA.blockHash });
    const response = await server.post(url, mapiProof(blockA));
    expect(JSON.parse(response.body ?? "")).toMatchObject({ status: 400, code: "SPV_MERKLE_ROOT_MISMATCH" });
    expect([await typesOf(server), await readBack(server)]).toEqual([[], 404]);
  });

  it("after the channel's end is still kept, and answered 201", async () => {
    const server = await proofServer();
    server.nowMs += ttlMs;
    expect((await server.post(url, mapiProof(blockA))).status).toBe(201);
    expect(await typesOf(server)).toEqual(["ChannelExpired"]);
    expect(await statesOf(server)).toEqual(["received"]);
  });

  it("waits for its header when the policy requires one", async () => {
    const server = await proofServer({ headerPolicy: "require" });
    server.headers.away = true;
    const away = await server.post(url, mapiProof(blockA));
    expect(JSON.parse(away.body ?? "")).toMatchObject({ status: 503, code: "SPV_HEADER_SOURCE_UNAVAILABLE" });
    server.headers.away = false;
    server.headers.add(headerOf(blockA));
    expect((await server.post(url, mapiProof(blockA))).status).toBe(201);
  });
});

describe("a double spend notice", () => {
  it.each(["doubleSpend", "doubleSpendAttempt"] as const)(
    "of mAPI, %s, is an event of its own, once",
    async (reason) => {
      const server = await proofServer();
      const rivals = ["01".repeat(32), "02".repeat(32)];
      for (const rival of [...rivals, ...rivals]) {
        expect((await server.post(url, mapiDoubleSpend(reason, rival))).status).toBe(201);
      }
      expect(await typesOf(server)).toEqual(["DoubleSpendReported", "DoubleSpendReported"]);
      expect(await readBack(server)).toMatchObject({ state: null, proofs: [], notices: [{ status: reason }] });
    },
  );
});

describe("ARC's callbacks", () => {
  const post = (server: ProofServer, body: object, to = url) => server.post(to, JSON.stringify(body));

  it("with a BUMP become the proof that wallets know, with the BUMP beside it", async () => {
    const server = await proofServer();
    server.headers.add(headerOf(blockA));
    const callback = arcMined(blockA);
    expect((await post(server, callback)).status).toBe(201);
    const document = await readBack(server);
    expect(document).toMatchObject({ state: "verified", proofs: [{ source: "arc", blockHash: blockA.blockHash }] });
    const payload = JSON.parse(document.proofs[0].envelope.payload);
    expect(payload).toMatchObject({
      callbackReason: "merkleProof",
      callbackTxId: txid,
      callbackPayload: {
        index: 0,
        txOrId: txid,
        target: blockA.blockHash,
        nodes: [blockA.sibling],
        bump: callback.merklePath,
      },
    });
    // What we make of it is itself a callback that we would accept.
    expect((await server.post(url, JSON.stringify(document.proofs[0].envelope))).status).toBe(201);
  });

  it("in a batch each keep their own text", async () => {
    const server = await proofServer();
    const second = { ...blockB, txid: "2b".repeat(32) };
    const good = [arcMined(blockA), { txid: "3c".repeat(32), txStatus: "SEEN_ON_NETWORK" }, arcMined(second)];
    const to = `/api/v1/callbacks?i=${channelId}`;
    expect(await post(server, { count: 3, callbacks: good }, to)).toEqual({ status: 201 });
    expect(await typesOf(server)).toEqual(["ProofRecorded", "ProofRecorded"]);
    expect(await readBack(server, "3c".repeat(32))).toMatchObject({
      state: null,
      notices: [{ status: "SEEN_ON_NETWORK" }],
    });
    const [, first] = await server.events(channelId);
    expect(first).toMatchObject({ data: { proof: { raw: JSON.stringify(good[0]) } } });
  });

  it("in a batch, however long, read the channel once, and follow it no longer than that", async () => {
    const server = await proofServer();
    const reads = vi.spyOn(server.memory.log, "readStream");
    const callbacks = Array.from({ length: 300 }, (_, index) => {
      return { txid: index.toString(16).padStart(64, "0"), txStatus: "SEEN_ON_NETWORK" };
    });
    expect(await post(server, { count: 300, callbacks }, `/api/v1/callbacks?i=${channelId}`)).toEqual({ status: 201 });
    expect(reads.mock.calls.length).toBeLessThan(3);
    expect(server.registry.size).toBe(0);
  });

  it("tell the merchant of a rival, with or without its id; a rejection for another reason is a notice", async () => {
    const server = await proofServer();
    await post(server, { txid, txStatus: "REJECTED", extraInfo: "fees" });
    expect(await typesOf(server)).toEqual([]);
    await post(server, { txid, txStatus: "DOUBLE_SPEND_ATTEMPTED" });
    await post(server, { txid, txStatus: "REJECTED", competingTxs: ["01".repeat(32)] });
    const events = await server.events(channelId);
    expect(events.slice(1)).toMatchObject([
      { type: "DoubleSpendReported", data: { doubleSpend: { reason: "doubleSpendAttempt", competingTxids: [] } } },
      {
        type: "DoubleSpendReported",
        data: { doubleSpend: { reason: "doubleSpend", competingTxids: ["01".repeat(32)] } },
      },
    ]);
  });

  it("for another transaction than the URL's are refused", async () => {
    const server = await proofServer();
    const response = await post(server, { txid: "2b".repeat(32), txStatus: "SEEN_ON_NETWORK" });
    expect(JSON.parse(response.body ?? "")).toMatchObject({ status: 400, code: "SPV_TXID_MISMATCH" });
  });
});
