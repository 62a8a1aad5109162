import {
  bytesToDisplayHash,
  encodeBumpHex,
  parseBumpHex,
  sdkCrypto,
  tscToBump,
  VERIFY_IF_SIGNED,
  verifyProofCallback,
} from "@p4/spv";
import { describe, expect, it } from "vitest";
import { arcMined, blockA, mapiProof, txid } from "./test-support/callbacks.ts";
import { channelId, proofServer, type ProofServer } from "./test-support/proof-server.ts";

const paths = [`/proofs/${txid}?i=${channelId}`, `/callbacks?i=${channelId}`];
const { blockHash, blockHeight } = blockA;
const timestamp = "2026-04-28T18:21:52.987654321Z";

async function read(server: ProofServer) {
  const { status, body = "" } = await server.get(`/proofs/${txid}`);
  expect(status).toBe(200);
  return JSON.parse(body);
}

describe("a status without a proof", () => {
  it.each<[string, object]>([
    ["ARC's MINED of 2023", { txStatus: "MINED", blockHash, blockHeight }],
    [
      "ARC's MINED with empty members",
      { txStatus: "MINED", merklePath: "", extraInfo: "", competingTxs: null, blockHash, blockHeight },
    ],
    [
      "Arcade's MINED",
      { txStatus: "MINED", merklePath: null, blockHash, blockHeight, nextRetryAt: "0001-01-01T00:00:00Z" },
    ],
    ["IMMUTABLE", { txStatus: "IMMUTABLE", blockHash, blockHeight }],
    ["a status of tomorrow", { txStatus: "SEEN_ON_THE_MOON", blockHash, blockHeight, moon: { phase: 1 } }],
  ])("is noted and told: %s", async (_, said) => {
    for (const path of paths) {
      const server = await proofServer();
      expect(await server.post(path, JSON.stringify({ txid, timestamp, ...said }))).toEqual({ status: 201 });
      expect(await server.events(channelId)).toHaveLength(1);
      expect(await read(server)).toMatchObject({
        state: null,
        proofs: [],
        notices: [{ ...("txStatus" in said && { status: said.txStatus }), blockHash, blockHeight, timestamp }],
      });
    }
  });
});

it("does not tell on which channel: a txid is public, and the channel's id opens it", async () => {
  const server = await proofServer();
  await server.post(paths[0]!, mapiProof(blockA));
  await server.post(paths[0]!, JSON.stringify({ txid, timestamp, txStatus: "SEEN_ON_NETWORK" }));
  const answer = await read(server);
  expect(answer).toMatchObject({ proofs: [{}], notices: [{}] });
  expect(JSON.stringify(answer)).not.toContain(channelId);
});

it("takes the same rivals for the same news, in whichever order ARC lists them", async () => {
  const server = await proofServer();
  await server.pay(txid);
  const [one, two] = ["01".repeat(32), "02".repeat(32)];
  for (const txStatus of ["DOUBLE_SPEND_ATTEMPTED", "REJECTED"]) {
    for (const competingTxs of [
      [two, one],
      [one, two],
      [one, two, one],
    ]) {
      await server.post(paths[0]!, JSON.stringify({ txid, txStatus, timestamp, competingTxs }));
    }
  }
  const news = (await server.events(channelId)).slice(3);
  expect(news.map(({ type }) => type)).toEqual(["DoubleSpendReported", "DoubleSpendReported", "TransactionRejected"]);
  expect(news[0]?.data).toMatchObject({ doubleSpend: { competingTxids: [one, two] } });
});

it.each([[null], [[""]], [["01".repeat(32)]]])(
  "tells of a double spend in a form that wallets can read, rivals %j",
  async (competingTxs) => {
    const server = await proofServer();
    await server.pay(txid);
    await server.post(paths[0]!, JSON.stringify({ txid, txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs }));
    const event = (await server.events(channelId)).at(-1);
    if (event?.type !== "DoubleSpendReported") throw new Error("no notice");
    const { bodyText, competingTxids } = event.data.doubleSpend;
    const options = { expectedTxid: txid, policy: VERIFY_IF_SIGNED, crypto: sdkCrypto };
    const { callback } = verifyProofCallback(bodyText, options);
    expect(callback).toMatchObject({ reason: "doubleSpendAttempt", doubleSpendTxid: competingTxids[0] ?? null });
  },
);

describe("a proof is taken", () => {
  it.each(["MINED", "IMMUTABLE", "SEEN_ON_NETWORK", "SEEN_ON_THE_MOON"])("with the status %s", async (txStatus) => {
    const server = await proofServer();
    await server.pay(txid);
    for (const path of paths) await server.post(path, JSON.stringify({ ...arcMined(blockA), txStatus }));
    expect(await server.state()).toBe("settled");
    expect((await read(server)).proofs).toHaveLength(1);
  });

  it("beside a double spend attempt, which is told too", async () => {
    const server = await proofServer();
    await server.pay(txid);
    const body = { ...arcMined(blockA), txStatus: "DOUBLE_SPEND_ATTEMPTED", competingTxs: ["01".repeat(32)] };
    await server.post(paths[0]!, JSON.stringify(body));
    expect(await server.state()).toBe("settled");
    expect(await server.pending("merchant")).toEqual(["doublespend.notify", "proof.create"]);
  });

  it("in one form, however its copies are spelled and ordered", async () => {
    // The third of three transactions: copied at the leaves.
    const sibling = Uint8Array.from({ length: 32 }, () => 9);
    const proof = { index: 2, txOrId: txid, target: { type: "hash", blockHash }, nodes: [null, sibling] } as const;
    const canonical = tscToBump(proof, blockHeight, sdkCrypto);
    const [leaves = [], ...above] = canonical.path;
    const hash = leaves[0]?.hash ?? null;
    const spelled = leaves.map((leaf) => ({ ...leaf, hash }));
    const bodies = new Set<string>();
    for (const path of [leaves, leaves.toReversed(), spelled, spelled.toReversed()]) {
      const server = await proofServer();
      const merklePath = encodeBumpHex({ blockHeight, path: [path, ...above] });
      expect(parseBumpHex(merklePath).path[0]).toHaveLength(2);
      await server.post(paths[0]!, JSON.stringify({ ...arcMined(blockA), merklePath: merklePath.toUpperCase() }));
      const [, event] = await server.events(channelId);
      if (event?.type !== "ProofRecorded") throw new Error("no proof");
      bodies.add(event.data.proof.bodyText);
    }
    expect(bodies.size).toBe(1);
    const { payload } = JSON.parse([...bodies][0] ?? "") as { payload: string };
    expect(JSON.parse(payload).callbackPayload).toMatchObject({
      index: 2,
      nodes: ["*", bytesToDisplayHash(sibling)],
      bump: encodeBumpHex(canonical),
    });
  });
});
