import { describe, expect, it } from "vitest";
import { MAX_ARC_BATCH, parseArcCallbacks, readArcCallbacks } from "./arc-callback.ts";
import { isSpvError } from "./errors.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

const vectors = loadVectors("dpp-messages");
const arcCases = (vectors.cases as VectorCase[]).filter((each) => each.group === "arc");
const kindsOf = (body: unknown): string[] =>
  parseArcCallbacks(JSON.stringify(body), sdkCrypto).map((callback) => callback.kind);

describe("ARC callbacks", () => {
  it.each(arcCases)("vector $name", ({ input, expected }) => {
    let verdict: string;
    try {
      const [callback] = parseArcCallbacks(JSON.stringify(input.body), sdkCrypto);
      // The URL names the transaction, so a callback about another one is refused there.
      const isOurs = callback?.txid === input.path.txid;
      verdict = !isOurs ? "reject" : callback?.kind === "mined" ? "proof" : "no-proof";
      if (isOurs && callback?.path) expect(callback.path.proven.merkleRoot).toBe(expected.merkleRoot);
    } catch (error) {
      if (!isSpvError(error)) throw error;
      verdict = "reject";
    }
    expect(verdict).toBe(expected.verdict);
  });

  it.each([
    ["single", ["mined"]],
    ["seen", ["status"]],
    ["doubleSpend", ["double-spend"]],
    ["rejected", ["rejected"]],
    ["stale", ["stale"]],
    ["minedAfterReorg", ["mined"]],
    ["batch", ["status", "mined"]],
  ])("reads the %s sample", (name, kinds) => {
    expect(kindsOf(vectors.arcCallbacks[name])).toEqual(kinds);
  });

  it("names the competing transactions", () => {
    const [callback] = parseArcCallbacks(JSON.stringify(vectors.arcCallbacks.doubleSpend), sdkCrypto);
    expect(callback).toMatchObject({ competingTxids: vectors.arcCallbacks.doubleSpend.competingTxs });
  });

  const { single, stale, rejected, seen, batch } = vectors.arcCallbacks;
  const one = (body: object) => {
    const [callback] = parseArcCallbacks(JSON.stringify(body), sdkCrypto);
    if (callback === undefined) throw new Error("no callback");
    return callback;
  };

  it.each([
    ["is missing", undefined],
    ["is null", null],
    ["is empty", ""],
  ])("notes MINED and IMMUTABLE whose path %s", (_, merklePath) => {
    for (const txStatus of ["MINED", "IMMUTABLE"]) {
      expect(one({ ...single, txStatus, merklePath })).toMatchObject({ kind: "status", status: txStatus, path: null });
    }
  });

  it.each(["MINED", "IMMUTABLE", "SEEN_ON_NETWORK", "A_STATUS_OF_TOMORROW"])("takes the path of %s", (txStatus) => {
    const { kind, path } = one({ ...single, txStatus });
    expect([kind, path?.proven.blockHash]).toEqual(["mined", single.blockHash]);
  });

  it("keeps a path beside what the status says, and leaves a wrong one out unless the status is about it", () => {
    const rival = one({ ...single, txStatus: "DOUBLE_SPEND_ATTEMPTED" });
    expect([rival.kind, rival.path === null]).toEqual(["double-spend", false]);
    const wrong = { ...single, merklePath: "00" };
    expect(one({ ...wrong, txStatus: "SEEN_ON_NETWORK" })).toMatchObject({ kind: "status", path: null });
    for (const txStatus of ["MINED", "IMMUTABLE"]) expect(() => one({ ...wrong, txStatus })).toThrow(/merklePath/);
  });

  it.each<[string, object, object]>([
    ["members that are null", { blockHash: null, blockHeight: null, extraInfo: null, competingTxs: null }, {}],
    [
      "members that are empty",
      { blockHash: "", blockHeight: 0, extraInfo: "", competingTxs: [""] },
      { blockHeight: 0 },
    ],
    ["members of other types", { timestamp: 5, extraInfo: {}, competingTxs: "none", blockHash: 7 }, {}],
    ["no block, as zeros", { blockHash: "0".repeat(64) }, {}],
    ["a height as text", { blockHeight: String(single.blockHeight) }, { blockHeight: single.blockHeight }],
    ["hashes in capitals", { blockHash: "AB".repeat(32) }, { blockHash: "ab".repeat(32) }],
    [
      "members of Arcade",
      { nextRetryAt: "0001-01-01T00:00:00Z", merkleRegisteredAt: "", rawTx: "00", retryCount: 1 },
      {},
    ],
    ["any member name", JSON.parse('{"__proto__":{"txStatus":"REJECTED"},"constructor":1,"toString":null}'), {}],
  ])("reads a proof beside %s", (_, members, expected) => {
    const { blockHash: _hash, blockHeight: _height, ...bare } = single;
    const { kind, path, competingTxids, ...read } = one({ ...bare, ...members });
    expect([kind, path === null, competingTxids]).toEqual(["mined", false, []]);
    expect(read).toMatchObject(expected);
    if (!("blockHash" in expected)) expect(read).not.toHaveProperty("blockHash");
  });

  it("reads why a transaction was rejected, and who spent its output", () => {
    const extraInfo = `UTXO_SPENT (70): utxo already spent by tx ${"7D".repeat(32)}[0]`;
    const { competingTxs: _, ...alone } = rejected;
    expect(one({ ...alone, status: 466, extraInfo })).toMatchObject({
      kind: "rejected",
      code: 466,
      extraInfo,
      competingTxids: [],
      spentBy: "7d".repeat(32),
    });
    expect(one({ ...rejected, status: "467" })).toMatchObject({ code: 467, spentBy: null });
    expect(one(rejected).code).toBeNull();
  });

  it("reads which blocks a transaction is no longer in", () => {
    const orphaned = [{ blockHash: "AA".repeat(32), blockHeight: 7 }, { blockHash: "" }, null, "bb"];
    expect(one(stale)).toMatchObject({ kind: "stale", staleBlocks: [stale.blockHash] });
    expect(one({ ...single, txStatus: "MINED_IN_STALE_BLOCK" })).toMatchObject({ kind: "stale" });
    const unmined = { ...seen, extraInfo: "reorg_unmined" };
    expect(one(unmined)).toMatchObject({ kind: "stale", staleBlocks: [] });
    expect(one({ ...unmined, orphanedProofs: orphaned })).toMatchObject({ staleBlocks: ["aa".repeat(32)] });
    expect(one({ ...single, extraInfo: "reorg_reanchor", orphanedProofs: orphaned })).toMatchObject({
      kind: "mined",
      staleBlocks: ["aa".repeat(32)],
    });
  });

  it("reads the right entries of a batch beside wrong ones", () => {
    const entries = [batch.callbacks[0], null, { txid: "zz", txStatus: "MINED" }, { txid: single.txid }, single];
    const read = readArcCallbacks(JSON.stringify({ count: 9, callbacks: entries }), sdkCrypto);
    expect(read.map((entry) => (entry.ok ? entry.callback.kind : entry.error.code))).toEqual([
      "status",
      "SPV_ARC_CALLBACK_INVALID",
      "SPV_TXID_INVALID",
      "SPV_ARC_CALLBACK_INVALID",
      "mined",
    ]);
  });

  it("bounds a batch", () => {
    const entries = (count: number) => ({ callbacks: Array.from({ length: count }, () => seen) });
    expect(kindsOf(entries(MAX_ARC_BATCH))).toHaveLength(MAX_ARC_BATCH);
    expect(() => kindsOf(entries(MAX_ARC_BATCH + 1))).toThrow(/1 to 1000/);
    for (const callbacks of [[], null, {}]) expect(() => kindsOf({ callbacks })).toThrow(/list/);
  });
});
