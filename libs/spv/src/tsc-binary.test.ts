import { describe, expect, it } from "vitest";
import { bytesToHex, hexToBytes } from "./bytes.ts";
import { loadVectors, type VectorCase } from "./fixtures/vectors.ts";
import { sdkCrypto } from "./sdk-crypto.ts";
import { encodeTscBinary, parseTscBinary } from "./tsc-binary.ts";
import { tscProofToJson } from "./tsc-encode.ts";
import { parseTscProof } from "./tsc-proof.ts";
import { verifyTscProof } from "./verify-tsc.ts";

const binaryCases = (loadVectors("tsc-proofs").cases as VectorCase[]).filter((each) => each.binary !== undefined);
const examples = loadVectors("third-party-spec-examples");
const proofOf = (input: { proof?: unknown; callback?: { callbackPayload: unknown } }): unknown =>
  input.proof ?? input.callback?.callbackPayload;

describe("TSC binary form", () => {
  it.each(binaryCases)("$name: JSON to binary", ({ input, binary }) => {
    expect(bytesToHex(encodeTscBinary(parseTscProof(input.proof)))).toBe(binary);
  });

  it.each(binaryCases)("$name: binary to JSON", ({ input, binary }) => {
    const decoded = parseTscBinary(hexToBytes(binary!, "binary"));
    expect(tscProofToJson(decoded)).toEqual(tscProofToJson(parseTscProof(input.proof)));
  });

  it("reads the standard's printed example", () => {
    const { binary, proof } = examples.tscBinary;
    expect(tscProofToJson(parseTscBinary(hexToBytes(binary, "binary")))).toMatchObject(proof);
  });

  it("refuses composite nodes and flags with a code of their own", () => {
    const [plain] = binaryCases;
    const bytes = hexToBytes(plain!.binary!, "binary");
    bytes[0] = 0x10;
    expect(() => parseTscBinary(bytes)).toThrow(expect.objectContaining({ code: "SPV_PROOF_UNSUPPORTED" }));
  });
});

describe("published TSC examples", () => {
  it.each(examples.tsc as VectorCase[])("$name", ({ input, expected }) => {
    const proven = verifyTscProof(parseTscProof(proofOf(input)), {}, sdkCrypto);
    expect(proven.merkleRoot).toBe(expected.merkleRoot);
  });
});
