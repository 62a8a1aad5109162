import { describe, expect, it } from "vitest";
import { isSpvError } from "./errors.ts";
import { answerFromKnown } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { blockClaimOf } from "./header-source.ts";
import { judgeHeader } from "./judge-header.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { encodeTscBinary } from "./tsc-binary.ts";
import { tscProofToJson } from "./tsc-encode.ts";
import { parseTscProof } from "./tsc-proof.ts";
import { verifyTscProof } from "./verify-tsc.ts";

const vectors = loadVectors("tsc-proofs");

describe("TSC proofs", () => {
  it.each(vectors.cases as VectorCase[])("vector $name", ({ input, expected }) => {
    let verdict: string;
    try {
      const proof = parseTscProof(input.proof);
      const proven = verifyTscProof(proof, { expectedTxid: input.expectTxid }, sdkCrypto);
      const claim = blockClaimOf(proven);
      const judged = judgeHeader(claim, answerFromKnown(claim, vectors.headers), "require");
      verdict = { verified: "valid", received: "?", refused: "invalid", "retry-later": "needs-header" }[judged.kind];
      // A root target names no block; the vectors judge such a proof by the climb alone.
      if (proof.target.type === "merkleRoot") verdict = "valid";
      if (expected.merkleRoot !== undefined) expect(proven.merkleRoot).toBe(expected.merkleRoot);
      if (expected.blockHash !== undefined) expect(proven.blockHash).toBe(expected.blockHash);
      if (expected.isLastInTree !== undefined) expect(proven.isLastInTree).toBe(expected.isLastInTree);
    } catch (error) {
      if (!isSpvError(error)) throw error;
      verdict = "invalid";
    }
    expect(verdict).toBe(expected.verdict);
  });

  it.each([
    ["composite", { composite: true }],
    ["tree", { proofType: "tree" }],
  ])("refuses %s with a code of its own", (_, reserved) => {
    const proof = { ...(vectors.cases as VectorCase[])[0]!.input.proof, ...reserved };
    expect(() => parseTscProof(proof)).toThrow(expect.objectContaining({ code: "SPV_PROOF_UNSUPPORTED" }));
  });

  const plain = (vectors.cases as VectorCase[]).find((each) => each.name === "target-type-hash")!.input.proof;
  const rootOf = (proof: object) => verifyTscProof(parseTscProof(proof), {}, sdkCrypto);

  it("reads optional members that are null or empty as ones that are left out", () => {
    const { targetType: _, ...bare } = plain;
    for (const unused of [null, ""]) {
      const proof = { ...bare, targetType: unused, proofType: unused, composite: unused };
      expect(rootOf(proof)).toEqual(rootOf(bare));
    }
    const single = (vectors.cases as VectorCase[]).find((each) => each.name === "block-of-1-index-0")!.input.proof;
    expect(rootOf({ ...single, nodes: null })).toEqual(rootOf(single));
  });

  it("reads mAPI's own form, whose target is a block, and keeps it as a TSC proof", () => {
    const { targetType: _, ...bare } = plain;
    const { merkleRoot } = rootOf(plain);
    const target = { hash: plain.target.toUpperCase(), merkleroot: merkleRoot, height: 7, confirmations: 1, num_tx: 9 };
    const own = { flags: 2, ...bare, target };
    expect(rootOf(own)).toEqual({ ...rootOf(plain), blockHeight: 7 });
    expect(tscProofToJson(parseTscProof(own))).toEqual(tscProofToJson(parseTscProof(plain)));
    expect(encodeTscBinary(parseTscProof(own))).toEqual(encodeTscBinary(parseTscProof(plain)));
    expect(() => rootOf({ ...own, target: { ...target, merkleroot: "ab".repeat(32) } })).toThrow(
      expect.objectContaining({ code: "SPV_MERKLE_ROOT_MISMATCH" }),
    );
    for (const wrong of [{}, { ...target, hash: "" }, { ...target, merkleroot: null }, [target]]) {
      expect(() => rootOf({ ...own, target: wrong })).toThrow(expect.objectContaining({ code: "SPV_PROOF_INVALID" }));
    }
  });
});
