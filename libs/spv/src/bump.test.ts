import { describe, expect, it } from "vitest";
import { type BumpLeaf, parseBumpHex } from "./bump.ts";
import { encodeBumpHex } from "./bump-encode.ts";
import { verifyBump } from "./bump-root.ts";
import { bytesToDisplayHash } from "./bytes.ts";
import { isSpvError } from "./errors.ts";
import { answerFromKnown } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { blockClaimOf } from "./header-source.ts";
import { merkleParent } from "./merkle-branch.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { bumpToTsc, tscToBump } from "./tsc-bump.ts";
import { tscProofToJson } from "./tsc-encode.ts";
import { parseTscProof } from "./tsc-proof.ts";
import { verifyTscProof } from "./verify-tsc.ts";

const vectors = loadVectors("bump");
const examples = loadVectors("third-party-spec-examples");
const cases = vectors.cases as VectorCase[];
const withTsc = cases.filter((each) => each.tsc !== undefined && each.expected.verdict === "valid");

describe("BUMP", () => {
  it.each(cases)("vector $name", ({ input, expected }) => {
    let verdict = "valid";
    try {
      const proven = verifyBump(parseBumpHex(input.bump), input.txid, sdkCrypto);
      const answer = answerFromKnown(blockClaimOf(proven), {}, vectors.knownRoots);
      if (answer.kind !== "confirmed") verdict = "invalid";
      else expect(proven).toMatchObject({ merkleRoot: expected.merkleRoot, blockHeight: expected.blockHeight });
    } catch (error) {
      if (!isSpvError(error)) throw error;
      verdict = "invalid";
    }
    expect(verdict).toBe(expected.verdict);
  });

  it.each(examples.bump as VectorCase[])("published example $name", ({ input, expected }) => {
    const bump = parseBumpHex(input.bump);
    expect(verifyBump(bump, input.txid, sdkCrypto).merkleRoot).toBe(expected.merkleRoot);
    expect(bump.blockHeight).toBe(expected.blockHeight);
  });

  it.each(cases.filter((each) => each.expected.verdict === "valid"))("encodes $name to the same bytes", ({ input }) => {
    expect(encodeBumpHex(parseBumpHex(input.bump))).toBe(input.bump);
  });

  it("refuses a lone leaf that is not at offset 0", () => {
    const hash = "ab".repeat(32);
    expect(() => verifyBump(parseBumpHex(`010101` + `0102${hash}`), hash, sdkCrypto)).toThrow(
      expect.objectContaining({ code: "SPV_BUMP_INVALID" }),
    );
    expect(verifyBump(parseBumpHex(`010101` + `0002${hash}`), hash, sdkCrypto).merkleRoot).toBe(hash);
  });
});

describe("a copy spelled out as its hash", () => {
  /** A block of five; its last transaction, at offset 4, is copied at two levels. */
  const leaf = (name: number) => Uint8Array.from({ length: 32 }, () => name);
  const [a, b] = [merkleParent(leaf(1), leaf(2), sdkCrypto), merkleParent(leaf(3), leaf(4), sdkCrypto)];
  const four = merkleParent(a, b, sdkCrypto);
  const five = leaf(5);
  const pair = merkleParent(five, five, sdkCrypto);
  const txid = bytesToDisplayHash(five);
  const node = (offset: number, hash: Uint8Array | null, isTxid = false): BumpLeaf => ({ offset, hash, isTxid });
  const bumpOf = (...path: BumpLeaf[][]) => parseBumpHex(encodeBumpHex({ blockHeight: 1, path }));
  const target = { type: "merkleRoot", merkleRoot: "00".repeat(32) } as const;
  const canonical = bumpOf([node(4, five, true), node(5, null)], [node(3, null)], [node(0, four)]);

  it.each([
    ["at the leaves", bumpOf([node(4, five, true), node(5, five)], [node(3, null)], [node(0, four)])],
    ["above them", bumpOf([node(4, five, true), node(5, null)], [node(3, pair)], [node(0, four)])],
    ["at both", bumpOf([node(4, five, true), node(5, five)], [node(3, pair)], [node(0, four)])],
    ["before what it copies", bumpOf([node(5, five), node(4, five, true)], [node(3, pair)], [node(0, four)])],
    ["of a transaction that is not flagged", bumpOf([node(5, five), node(4, five)], [node(3, pair)], [node(0, four)])],
    [
      "of a node that is repeated",
      bumpOf([node(4, five, true), node(5, five)], [node(3, pair), node(2, pair)], [node(0, four)]),
    ],
  ])("%s, is the same proof in the same form", (_, bump) => {
    expect(verifyBump(bump, txid, sdkCrypto)).toEqual(verifyBump(canonical, txid, sdkCrypto));
    const proof = bumpToTsc(bump, txid, target, sdkCrypto);
    expect(tscProofToJson(proof).nodes).toEqual(["*", "*", bytesToDisplayHash(four)]);
    expect(encodeBumpHex(tscToBump(proof, 1, sdkCrypto))).toBe(encodeBumpHex(canonical));
  });

  it.each([
    ["a leaf", bumpOf([node(4, five), node(5, five, true)], [node(3, null)], [node(0, four)])],
    [
      "a leaf, flagged like what it copies",
      bumpOf([node(4, five, true), node(5, five, true)], [node(3, null)], [node(0, four)]),
    ],
    ["above one", bumpOf([node(6, five, true), node(7, null)], [node(2, pair)], [node(0, four)])],
    [
      "beside what it copies",
      bumpOf([node(4, five, true), node(5, null), node(6, five, true), node(7, null)], [], [node(0, four)]),
    ],
  ])("cannot itself be proven: %s", (_, bump) => {
    expect(() => verifyBump(bump, txid, sdkCrypto)).toThrow(expect.objectContaining({ code: "SPV_BUMP_INVALID" }));
  });
});

describe("TSC and BUMP", () => {
  it.each(withTsc)("$name: the TSC proof becomes this BUMP", ({ input, expected, tsc }) => {
    const bump = tscToBump(parseTscProof(tsc), expected.blockHeight, sdkCrypto);
    expect(encodeBumpHex(bump)).toBe(input.bump);
  });

  it.each(withTsc)("$name: and back", ({ input, expected, tsc }) => {
    const original = parseTscProof(tsc);
    const back = bumpToTsc(parseBumpHex(input.bump), input.txid, original.target, sdkCrypto);
    expect(tscProofToJson(back)).toEqual({ ...tscProofToJson(original), txOrId: input.txid });
    expect(verifyTscProof(back, {}, sdkCrypto).merkleRoot).toBe(expected.merkleRoot);
  });

  it.each(cases.filter((each) => each.expected.verdict === "valid"))(
    "$name: extracts one branch",
    ({ input, expected }) => {
      const target = { type: "merkleRoot", merkleRoot: expected.merkleRoot } as const;
      const proof = bumpToTsc(parseBumpHex(input.bump), input.txid, target, sdkCrypto);
      expect(verifyTscProof(proof, { expectedTxid: input.txid }, sdkCrypto).merkleRoot).toBe(expected.merkleRoot);
    },
  );
});
