import { PrivateKey } from "@bsv/sdk";
import { hexToBytes, type SpvCrypto } from "@p4/spv";
import { EvidenceError } from "./errors.ts";
import type { ChannelHead, KeySignature } from "./evidence-contents.ts";
import { headStatement } from "./statements.ts";
import { utf8Bytes } from "./text-bytes.ts";

const privateKeyPattern = /^[0-9a-fA-F]{64}$/;
const curveOrder = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const publicKeyPattern = /^0[23][0-9a-f]{64}$/;
const signaturePattern = /^30(?:[0-9a-f]{2}){7,71}$/;

/** ECDSA over secp256k1 and SHA-256 of the statement; deterministic. Throws EVIDENCE_KEY_INVALID. */
export function signStatement(statement: string, privateKeyHex: string): KeySignature {
  const key = readPrivateKey(privateKeyHex);
  return {
    publicKey: key.toPublicKey().toString(),
    signature: key.sign(Array.from(utf8Bytes(statement))).toDER("hex") as string,
  };
}

/** A second party's signature of a channel's head, for `appendCountersignature`. Throws EVIDENCE_KEY_INVALID. */
export function countersignHead(head: ChannelHead, privateKeyHex: string): KeySignature {
  return signStatement(headStatement(head), privateKeyHex);
}

/** Throws EVIDENCE_KEY_INVALID. */
export function publicKeyOf(privateKeyHex: string): string {
  return readPrivateKey(privateKeyHex).toPublicKey().toString();
}

export function isSignedBy(statement: string, { publicKey, signature }: KeySignature, crypto: SpvCrypto): boolean {
  if (!isPublicKey(publicKey) || !signaturePattern.test(signature)) return false;
  const key = hexToBytes(publicKey, "publicKey");
  return crypto.verifyEcdsaSha256(utf8Bytes(statement), hexToBytes(signature, "signature"), key);
}

export function isPublicKey(text: string): boolean {
  return publicKeyPattern.test(text);
}

/** The range is checked here: the sdk takes zero, and would quote the number in its errors. */
function readPrivateKey(hex: string): PrivateKey {
  const isKey = privateKeyPattern.test(hex) && BigInt(`0x${hex}`) > 0n && BigInt(`0x${hex}`) < curveOrder;
  if (isKey) return PrivateKey.fromHex(hex);
  throw new EvidenceError("EVIDENCE_KEY_INVALID", "privateKey: 64 hex digits, from 1 to below the order of the curve");
}
