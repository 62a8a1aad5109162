import { describe, expect, it } from "vitest";
import { meetsOwnTarget, parseBlockHeader } from "./block-header.ts";
import { hexToBytes } from "./bytes.ts";
import { loadVectors } from "./fixtures/vectors.ts";
import { answerFromHeader, blockClaimOf, NO_HEADERS } from "./header-source.ts";
import { judgeHeader } from "./judge-header.ts";
import { sdkCrypto } from "./sdk-crypto.ts";

const [block] = loadVectors("envelopes").blocks as {
  hash: string;
  header: string;
  merkleRoot: string;
  height: number;
}[];
const header = parseBlockHeader(hexToBytes(block!.header, "header"), sdkCrypto);
const claim = { merkleRoot: block!.merkleRoot, blockHash: block!.hash };

describe("block headers", () => {
  it("are read and hashed", () => {
    expect(header).toMatchObject({ hash: block!.hash, merkleRoot: block!.merkleRoot });
    expect(meetsOwnTarget(header)).toBe(true);
  });

  it("must be 80 bytes", () => {
    expect(() => parseBlockHeader(new Uint8Array(81), sdkCrypto)).toThrow(/80 bytes/);
  });

  it.each([0x00000000, 0x1d800001, 0x217fffff, 0x01003456, 0x03000001])("do not meet the target of bits %i", (bits) => {
    expect(meetsOwnTarget({ ...header, bits })).toBe(false);
  });

  it("meet a target exactly", () => {
    const easiest = { ...header, hash: `7fffff${"00".repeat(29)}`, bits: 0x207fffff };
    expect(meetsOwnTarget(easiest)).toBe(true);
    expect(meetsOwnTarget({ ...easiest, hash: `7fffff${"00".repeat(28)}01` })).toBe(false);
  });
});

describe("judgeHeader", () => {
  it("verifies a block that the source confirms", () => {
    const answer = answerFromHeader(claim, { header, blockHeight: block!.height });
    const verdict = { kind: "verified", blockHash: block!.hash, blockHeight: block!.height };
    expect(judgeHeader(claim, answer, "require")).toEqual(verdict);
  });

  it("refuses a known block with another root under either policy", () => {
    const answer = answerFromHeader({ ...claim, merkleRoot: "00".repeat(32) }, { header });
    for (const policy of ["accept-unknown", "require"] as const) {
      expect(judgeHeader(claim, answer, policy)).toMatchObject({
        kind: "refused",
        code: "SPV_MERKLE_ROOT_MISMATCH",
        reason: expect.stringMatching(/^block: .* has Merkle root/),
      });
    }
  });

  it("refuses a known block at another height, but does not need the height", () => {
    const known = { header, blockHeight: block!.height };
    const elsewhere = { ...claim, blockHeight: block!.height + 1 };
    expect(judgeHeader(elsewhere, answerFromHeader(elsewhere, known), "accept-unknown")).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^block: .* has height 1101$/),
    });
    expect(answerFromHeader(elsewhere, { header })).toMatchObject({ kind: "confirmed" });
  });

  it("keeps a proof of an unknown block, or asks to retry", async () => {
    const unknown = await NO_HEADERS.lookup(claim);
    expect(judgeHeader(claim, unknown, "accept-unknown")).toEqual({ kind: "received" });
    expect(judgeHeader(claim, unknown, "require")).toMatchObject({ kind: "retry-later", code: "SPV_HEADER_UNKNOWN" });
    const down = { kind: "unavailable", reason: "refused" } as const;
    expect(judgeHeader(claim, down, "require")).toMatchObject({ code: "SPV_HEADER_SOURCE_UNAVAILABLE" });
  });
});

describe("blockClaimOf", () => {
  it("prefers what the proof names over what the sender says", () => {
    const proven = { txid: "aa".repeat(32), merkleRoot: claim.merkleRoot, index: 0, blockHash: claim.blockHash };
    expect(blockClaimOf(proven, { blockHash: "bb".repeat(32), blockHeight: 7 })).toEqual({ ...claim, blockHeight: 7 });
  });
});
