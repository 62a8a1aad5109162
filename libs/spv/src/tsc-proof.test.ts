import { describe, expect, it } from "vitest";
import { isSpvError } from "./errors.ts";
import { answerFromKnown } from "./fixtures/known-headers.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { blockClaimOf } from "./header-source.ts";
import { judgeHeader } from "./judge-header.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
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
});
