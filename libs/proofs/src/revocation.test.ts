import { describe, expect, it } from "vitest";
import { arcMined, blockA, blockB, headerOf, merkleRootOf, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer, ttlMs, type ProofServer } from "./test-support/proof-server.ts";

let second = 0;
const timestamp = () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString();
const stale = (blockHash: string | null = blockA.blockHash, more: object = {}) => ({
  txid,
  txStatus: "MINED_IN_STALE_BLOCK",
  timestamp: timestamp(),
  blockHash,
  ...more,
});
const unmined = (more: object = {}) => ({
  txid,
  txStatus: "SEEN_ON_NETWORK",
  timestamp: timestamp(),
  extraInfo: "reorg_unmined",
  nextRetryAt: "0001-01-01T00:00:00Z",
  ...more,
});
const mined = (block = blockA, more: object = {}) => ({ ...arcMined(block), timestamp: timestamp(), ...more });
const { blockHash: _, ...withoutHash } = mined();

async function post(server: ProofServer, body: object): Promise<number> {
  server.nowMs += 10;
  return (await server.post(`/proofs/${txid}?i=${channelId}`, JSON.stringify(body))).status;
}

async function read(server: ProofServer) {
  const { body = "" } = await server.get(`/proofs/${txid}`);
  const { proofs, notices } = JSON.parse(body) as { proofs: { state: string }[]; notices: { status: string }[] };
  return { states: proofs.map(({ state }) => state), notices };
}

/** A channel whose accepted payment was proven by these callbacks. */
async function paid(...callbacks: object[]): Promise<ProofServer> {
  const server = await proofServer();
  await server.pay(txid);
  for (const callback of callbacks) expect(await post(server, callback)).toBe(201);
  return server;
}

describe("a proof whose block leaves the chain", () => {
  it.each<[string, object]>([
    ["by ARC's word", stale()],
    ["in capitals", stale(blockA.blockHash.toUpperCase())],
    ["by ARC's word that names no block", stale("")],
    ["with a path to the block", { ...mined(), txStatus: "MINED_IN_STALE_BLOCK" }],
    ["by Arcade's word", unmined()],
    ["by Arcade's word that names the blocks", unmined({ orphanedProofs: [{ blockHash: blockA.blockHash }] })],
  ])("no longer stands, %s: all are told, now and on the next join", async (_, news) => {
    const server = await paid(mined());
    expect([await server.state(), await server.pending("customer")]).toEqual([
      "settled",
      ["PaymentAccepted", "proof.create"],
    ]);
    expect(await post(server, news)).toBe(201);
    expect(await server.state()).toBe("awaitingProof");
    expect(await server.pending("merchant")).toEqual(["proof.revoked"]);
    expect(await server.pending("customer")).toEqual(["PaymentAccepted", "proof.revoked"]);
    const { states, notices } = await read(server);
    expect([states, notices]).toMatchObject([["superseded"], [{ believed: true }]]);
    // Sent again it says nothing new.
    const events = await server.events(channelId);
    expect(await post(server, news)).toBe(201);
    expect(await server.events(channelId)).toEqual(events);
  });

  it("is told as an envelope with the miner's words", async () => {
    const server = await paid(mined());
    await post(server, stale(blockA.blockHash, { extraInfo: "x".repeat(2_000) }));
    const event = (await server.events(channelId)).at(-1);
    if (event?.type !== "ProofRevoked") throw new Error(`${event?.type} is no revocation`);
    const { payload } = JSON.parse(event.data.revocation.bodyText) as { payload: string };
    expect(JSON.parse(payload)).toMatchObject({
      callbackPayload: {
        status: "MINED_IN_STALE_BLOCK",
        blockHashes: [blockA.blockHash],
        detail: "x".repeat(1_000),
      },
      callbackTxId: txid,
      callbackReason: "proofRevoked",
    });
  });

  it("stands when the news is of another block, or of another channel", async () => {
    const server = await paid(mined());
    await server.open("inv0000002");
    await post(server, stale(blockB.blockHash));
    await server.post(`/proofs/${txid}?i=inv0000002`, JSON.stringify(stale()));
    expect([await server.state(), (await read(server)).states]).toEqual(["settled", ["received"]]);
  });

  it("is revoked whichever its block, whatever other channels hold", async () => {
    const server = await paid(mined());
    await server.open("inv0000002");
    await server.pay(txid, "inv0000002");
    await server.post(`/proofs/${txid}?i=inv0000002`, JSON.stringify(mined()));
    await post(server, unmined());
    const event = (await server.events(channelId)).at(-1);
    expect(event).toMatchObject({ type: "ProofRevoked", data: { revocation: { blockHashes: [] } } });
    expect((await read(server)).states).toEqual(["superseded", "received"]);
  });

  it("is found by its height when it names no block", async () => {
    const server = await paid(withoutHash);
    await post(server, stale(blockB.blockHash, { blockHeight: blockA.blockHeight + 1 }));
    expect(await server.state()).toBe("settled");
    await post(server, stale(blockA.blockHash, { blockHeight: blockA.blockHeight }));
    expect([await server.state(), (await read(server)).states]).toEqual(["awaitingProof", ["superseded"]]);
  });

  it("is revoked on the channel also where the transaction's record was lost", async () => {
    const server = await paid(mined());
    await server.memory.documents("proofs").set(txid, new TextEncoder().encode(JSON.stringify(lost)));
    await post(server, stale());
    expect(await server.state()).toBe("awaitingProof");
  });

  it("is revoked in the record when the server was killed between channel and record", async () => {
    const server = await paid(mined());
    const documents = server.memory.documents("proofs");
    const put = documents.put.bind(documents);
    const news = stale();
    documents.put = () => Promise.reject(new Error("killed"));
    expect(await post(server, news)).toBe(500);
    documents.put = put;
    expect(await post(server, news)).toBe(201);
    expect([await server.state(), (await read(server)).states]).toEqual(["awaitingProof", ["superseded"]]);
  });

  it("is revoked after the channel's end too, for wallets that come back", async () => {
    const server = await paid(mined());
    server.nowMs += ttlMs;
    expect(await post(server, stale())).toBe(201);
    expect(await server.state()).toBe("expired");
    expect(await server.pending("merchant")).toEqual(["proof.revoked"]);
  });

  it("stays revoked however many statuses follow", async () => {
    const server = await paid(mined(), stale());
    for (let n = 0; n < 70; n++) await post(server, { txid, txStatus: `STATUS_${n}`, timestamp: timestamp() });
    expect((await read(server)).states).toEqual(["superseded"]);
  });
});

const lost = { txid, proofs: [], notices: [] };

describe("a block that left the chain", () => {
  it("proves nothing by the same callback once more", async () => {
    const proof = mined();
    const server = await paid(proof, stale(), proof);
    expect([await server.state(), (await read(server)).states]).toEqual(["awaitingProof", ["superseded"]]);
  });

  it("may come back and leave again, each told by a callback of its own", async () => {
    const server = await paid(mined(), stale(), mined());
    expect([await server.state(), (await read(server)).states]).toEqual(["settled", ["superseded", "received"]]);
    expect(await server.pending("merchant")).toEqual(["proof.create"]);
    await post(server, stale());
    expect([await server.state(), (await read(server)).states]).toEqual([
      "awaitingProof",
      ["superseded", "superseded"],
    ]);
  });

  it("is back by the same callback when the header source says so, asked again", async () => {
    const proof = mined();
    const server = await paid(proof, stale());
    server.headers.add(headerOf(blockA), blockA.blockHeight);
    server.headers.asked.length = 0;
    await post(server, proof);
    expect([await server.state(), server.headers.asked]).toEqual(["settled", [false]]);
  });
});

describe("a transaction that moved to another block", () => {
  const moved = (more: object = {}) => mined(blockB, { extraInfo: "reorg_reanchor", ...more });

  it.each<[string, object]>([
    ["without naming the old one", moved()],
    ["that names the old one", moved({ orphanedProofs: [{ blockHash: blockA.blockHash, blockHeight: 100 }] })],
    [
      "with a history that holds the new one",
      moved({ orphanedProofs: [{ blockHash: blockB.blockHash }, { blockHash: blockA.blockHash }] }),
    ],
  ])("is proven there alone, by a callback %s", async (_, news) => {
    const server = await paid(mined(), news, news);
    expect([await server.state(), (await read(server)).states]).toEqual(["settled", ["superseded", "received"]]);
    expect(await server.pending("merchant")).toEqual(["proof.create"]);
    const types = (await server.events(channelId)).map(({ type }) => type).slice(-3);
    expect(types).toEqual(["ProofRecorded", "ProofRecorded", "ProofRevoked"]);
  });

  it("is unproven while the new proof has not come", async () => {
    const server = await paid(mined(), moved({ merklePath: "" }));
    expect([await server.state(), (await read(server)).states]).toEqual(["awaitingProof", ["superseded"]]);
  });

  it("stays proven in the old one when the new one is refused", async () => {
    const server = await paid(mined());
    server.headers.add({ hash: blockB.blockHash, merkleRoot: merkleRootOf(blockA) });
    expect(await post(server, moved())).toBe(400);
    expect([await server.state(), (await read(server)).states]).toEqual(["settled", ["received"]]);
  });
});

describe("news that undo what the header source confirms", () => {
  const rejected = () => ({ txid, txStatus: "REJECTED", timestamp: timestamp(), status: 466 });

  async function verified(): Promise<ProofServer> {
    const server = await proofServer();
    server.headers.add(headerOf(blockA), blockA.blockHeight);
    await server.pay(txid);
    await post(server, mined());
    server.headers.asked.length = 0;
    return server;
  }

  it.each<[string, () => object]>([
    ["a stale block", stale],
    ["a stale block with its path", () => ({ ...mined(), txStatus: "MINED_IN_STALE_BLOCK" })],
    ["no block at all", unmined],
    ["a rejection", rejected],
  ])("are kept as a notice that was not believed: %s", async (_, news) => {
    const server = await verified();
    const events = await server.events(channelId);
    expect(await post(server, news())).toBe(201);
    expect(await server.events(channelId)).toEqual(events);
    expect(await read(server)).toMatchObject({ states: ["verified"], notices: [{ believed: false }] });
    // What is remembered of the chain would be from before.
    expect(server.headers.asked[0]).toBe(false);
  });

  it.each<[string, () => object]>([
    ["a stale block", stale],
    ["no block at all", unmined],
    ["a rejection", rejected],
  ])("count when the header source no longer does: %s", async (_, news) => {
    const server = await verified();
    server.headers.remove(blockA.blockHash);
    await post(server, news());
    expect((await read(server)).notices).toMatchObject([{ believed: true }]);
    expect((await server.events(channelId)).at(-1)?.type).toMatch(/ProofRevoked|TransactionRejected/);
  });

  it("wait for a header source that cannot be asked", async () => {
    const server = await verified();
    server.headers.away = true;
    for (const news of [stale(), unmined(), rejected()]) expect(await post(server, news)).toBe(503);
    expect(await server.state()).toBe("settled");
  });

  it("undo the unconfirmed proofs beside it alone", async () => {
    const server = await verified();
    server.headers.away = true;
    await post(server, mined(blockB));
    server.headers.away = false;
    await post(server, unmined());
    const event = (await server.events(channelId)).at(-1);
    expect(event).toMatchObject({ type: "ProofRevoked", data: { revocation: { blockHashes: [blockB.blockHash] } } });
    expect([await server.state(), (await read(server)).states]).toEqual(["settled", ["verified", "superseded"]]);
  });
});

describe("a rejected payment", () => {
  const rival = "7d".repeat(32);
  const words = `UTXO_SPENT (70): utxo already spent by tx ${rival}[0]`;

  it("reaches merchant and customers with the miner's reason, now and on the next join", async () => {
    const news = { txid, txStatus: "REJECTED", timestamp: timestamp(), status: 466, extraInfo: words };
    const server = await paid(news, news);
    const events = await server.events(channelId);
    expect(events.at(-1)).toMatchObject({
      type: "TransactionRejected",
      data: { rejection: { txid, status: "REJECTED", code: 466, detail: words, competingTxids: [rival] } },
    });
    expect(events.filter(({ type }) => type === "TransactionRejected")).toHaveLength(1);
    expect(await server.pending("merchant")).toEqual(["transaction.rejected"]);
    expect(await server.pending("customer")).toEqual(["PaymentAccepted", "transaction.rejected"]);
    expect((await read(server)).notices).toMatchObject([
      { status: "REJECTED", code: 466, detail: words, timestamp: news.timestamp, believed: true },
    ]);
  });

  it("is told for each reason, with the rival that the callback lists", async () => {
    const fee = { txid, txStatus: "REJECTED", timestamp: timestamp(), status: 465, competingTxs: null };
    const server = await paid(fee, { ...fee, status: "467", timestamp: timestamp(), competingTxs: ["", rival] });
    const types = (await server.events(channelId)).map(({ type }) => type).slice(-3);
    expect(types).toEqual(["TransactionRejected", "DoubleSpendReported", "TransactionRejected"]);
  });

  it("is no news any more once it is mined all the same", async () => {
    const server = await paid({ txid, txStatus: "REJECTED", timestamp: timestamp() }, mined());
    expect([await server.state(), await server.pending("merchant")]).toEqual(["settled", ["proof.create"]]);
  });

  it("is a notice alone for a transaction that the channel never saw, and nothing where there is no channel", async () => {
    const server = await proofServer();
    const news = { txid, txStatus: "REJECTED", timestamp: timestamp() };
    expect(await post(server, news)).toBe(201);
    expect((await server.events(channelId)).map(({ type }) => type)).toEqual(["ChannelOpened"]);
    expect((await read(server)).notices).toMatchObject([{ status: "REJECTED" }]);
    expect((await server.post(`/proofs/${txid}?i=unknown`, JSON.stringify(news))).status).toBe(404);
    expect((await server.post(`/proofs/${txid}?i=unknown`, JSON.stringify(stale()))).status).toBe(404);
  });
});
