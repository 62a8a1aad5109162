import { createHash, ECDH } from "node:crypto";
import { signEnvelope } from "@p4/spv";
import { describe, expect, it } from "vitest";
import { ecdsaLibrary, verifyEcdsaSha256 } from "./ecdsa.ts";
import { loadLibsecp256k1, type VerifyEcdsa } from "./libsecp256k1-ecdsa.ts";
import { verifyByOpenssl } from "./openssl-ecdsa.ts";

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const prime = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const signatures = 120;
const hasBinary = `${process.platform}-${process.arch}` === "linux-x64";

interface Question {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly key: Uint8Array;
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const bytes32 = (value: bigint): string => value.toString(16).padStart(64, "0");
const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** DER of one integer, in its shortest form, behind `zeros` needless ones. */
function integer(value: bigint, zeros = 0): string {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const body = "00".repeat(zeros) + (/^[89a-f]/.test(even) ? `00${even}` : even);
  return `02${(body.length / 2).toString(16).padStart(2, "0")}${body}`;
}

function sequence(...parts: readonly string[]): Uint8Array {
  const body = parts.join("");
  return bytes(`30${(body.length / 2).toString(16).padStart(2, "0")}${body}`);
}

function flipped(data: Uint8Array, bit: number): Uint8Array {
  const at = (bit >> 3) % data.length;
  return data.map((byte, index) => (index === at ? byte ^ (1 << (bit & 7)) : byte));
}

/** One signature, and what becomes of it when something is changed; `seed` says which bits. */
function questionsOf(seed: number): Question[] {
  const text = `{"payload":${String(seed)}}`;
  const signed = JSON.parse(signEnvelope(text, digestOf(`key ${String(seed % 7)}`))) as Record<string, string>;
  const [message, signature, key] = [
    Buffer.from(text),
    bytes(signed["signature"] ?? ""),
    bytes(signed["publicKey"] ?? ""),
  ];
  const rLength = signature[3] as number;
  const numberAt = (from: number, to?: number) =>
    BigInt(`0x${Buffer.from(signature.subarray(from, to)).toString("hex")}`);
  const [r, s] = [numberAt(4, 4 + rLength), numberAt(6 + rLength)];
  const point = (form: "uncompressed" | "hybrid") =>
    ECDH.convertKey(key, "secp256k1", undefined, undefined, form) as Buffer;
  const hex = Buffer.from(signature).toString("hex");
  const forms = [
    sequence(integer(r), integer(order - s)),
    sequence(integer(r, 1), integer(s)),
    sequence(integer(r), integer(s, 1)),
    sequence(integer(r), integer(s), "00"),
    sequence(integer(r), integer(s + order)),
    sequence(integer(r + order), integer(s)),
    sequence(integer(0n), integer(s)),
    sequence(integer(r), integer(0n)),
    sequence(integer(order), integer(order)),
    sequence(integer(r)),
    // Negative.
    ...(integer(r).startsWith("022100") ? [sequence(integer(r).replace("2100", "20"), integer(s))] : []),
    bytes(`3081${hex.slice(2)}`),
    bytes(`${hex}00`),
    bytes(hex.slice(0, -2)),
    bytes(bytes32(r) + bytes32(s)),
    new Uint8Array(),
    ...Array.from({ length: 8 }, (_, index) =>
      flipped(signature, Number.parseInt(digestOf(`${String(seed)} ${String(index)}`).slice(0, 4), 16)),
    ),
  ];
  const keys = [
    point("uncompressed"),
    point("hybrid"),
    flipped(key, seed % 8),
    flipped(key, 8 + seed),
    flipped(point("uncompressed"), 8 + seed),
    bytes(`02${bytes32(prime + BigInt(seed))}`),
    bytes(`05${bytes32(1n)}`),
    key.subarray(1),
    new Uint8Array(33),
    new Uint8Array(),
  ];
  return [
    { message, signature, key },
    { message: flipped(message, seed), signature, key },
    ...forms.map((form) => ({ message, signature: form, key })),
    ...keys.map((other) => ({ message, signature, key: other })),
  ];
}

describe.runIf(hasBinary)("ECDSA by libsecp256k1", () => {
  it("accepts what OpenSSL does, and nothing else", async () => {
    const verify = (await loadLibsecp256k1()) as VerifyEcdsa;
    const questions = Array.from({ length: signatures }, (_, seed) => questionsOf(seed)).flat();
    const differing = questions.filter(
      ({ message, signature, key }) => verify(message, signature, key) !== verifyByOpenssl(message, signature, key),
    );
    expect(differing).toEqual([]);
    const accepted = questions.filter(({ message, signature, key }) => verify(message, signature, key));
    // As it was signed, with high S, and by the key with its y.
    expect(accepted.length).toBe(3 * signatures);
  });

  it("changes nothing of what it is given", async () => {
    const verify = (await loadLibsecp256k1()) as VerifyEcdsa;
    const { message, signature, key } = questionsOf(1)[2] as Question;
    const before = Buffer.from(signature).toString("hex");
    expect(verify(message, signature, key)).toBe(true);
    expect(Buffer.from(signature).toString("hex")).toBe(before);
  });

  it("is what verifies here", () => {
    expect(ecdsaLibrary).toBe("libsecp256k1");
    expect(verifyEcdsaSha256).not.toBe(verifyByOpenssl);
  });
});

describe("loadLibsecp256k1", () => {
  const answering = (answer: boolean) => ({
    default: { signatureNormalize: (signature: Uint8Array) => signature, ecdsaVerify: () => answer },
  });

  it.each([
    ["there is none for this machine", () => Promise.reject(new Error("No native build was found"))],
    ["it accepts everything", () => Promise.resolve(answering(true))],
    ["it refuses everything", () => Promise.resolve(answering(false))],
  ])("does without the binary when %s", async (_, load) => {
    expect(await loadLibsecp256k1(load)).toBeNull();
  });
});
