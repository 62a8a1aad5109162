import { PrivateKey } from "@bsv/sdk";
import { hexToBytes, type SpvCrypto } from "@p4/spv";
import { EvidenceError } from "./errors.ts";
import type { ChannelHead, KeySignature } from "./evidence-contents.ts";
import { headStatement } from "./statements.ts";
import { utf8Bytes } from "./text-bytes.ts";

const privateKeyPattern = /^[0-9a-fA-F]{64}$/;
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

function readPrivateKey(hex: string): PrivateKey {
  if (!privateKeyPattern.test(hex)) throw invalidKey();
  try {
    const key = PrivateKey.fromHex(hex);
    if (!key.isValid()) throw invalidKey();
    return key;
  } catch {
    // The sdk's own message would quote the number.
    throw invalidKey();
  }
}

function invalidKey(): EvidenceError {
  return new EvidenceError("EVIDENCE_KEY_INVALID", "privateKey: 64 hex digits, from 1 to the order of the curve");
}
