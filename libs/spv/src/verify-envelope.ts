import { hexToBytes, utf8Bytes } from "./bytes.ts";
import type { JsonEnvelope } from "./envelope.ts";
import { isSpvError, SpvError } from "./errors.ts";
import { payloadBytes, payloadText } from "./payload-bytes.ts";
import { comparablePublicKey, isOnCurve, parsePublicKey, publicKeyMalformed } from "./secp256k1.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { parseSignature } from "./strict-der.ts";
import { isJsonObject, parseStrictJson } from "./strict-json.ts";

export type SignaturePolicy =
  | { readonly kind: "verify-if-signed" }
  | { readonly kind: "require" }
  /** `publicKeys`: SEC1 hex in the compressed form; see `trustedKeys`. */
  | { readonly kind: "trusted-keys"; readonly publicKeys: ReadonlySet<string> };

export const VERIFY_IF_SIGNED: SignaturePolicy = { kind: "verify-if-signed" };

/** A policy that takes these keys only, in whichever SEC1 encoding they are written or sent. */
export function trustedKeys(publicKeys: readonly string[]): SignaturePolicy {
  return { kind: "trusted-keys", publicKeys: new Set(publicKeys.map(comparablePublicKey)) };
}

export interface VerifiedEnvelope {
  readonly payloadText: string;
  /** The key that signed, compressed, lower-case hex; null when unsigned. */
  readonly signer: string | null;
  /** Which bytes the signature covers: the payload's own, or the one repaired form of `reescapedPayload`. */
  readonly form: "exact" | "reescaped" | "unsigned";
}

/** Throws SPV_ENVELOPE_UNSIGNED, SPV_SIGNATURE_*, SPV_PUBLIC_KEY_*. */
export function verifyEnvelope(envelope: JsonEnvelope, policy: SignaturePolicy, crypto: SpvCrypto): VerifiedEnvelope {
  const bytes = payloadBytes(envelope);
  const text = payloadText(envelope, bytes);
  if (envelope.signature === null || envelope.publicKey === null) {
    if (policy.kind !== "verify-if-signed") throw new SpvError("SPV_ENVELOPE_UNSIGNED", "signature: required");
    return { payloadText: text, signer: null, form: "unsigned" };
  }
  const signer = parsePublicKey(envelope.publicKey);
  if (policy.kind === "trusted-keys" && !policy.publicKeys.has(signer)) {
    throw new SpvError("SPV_PUBLIC_KEY_NOT_TRUSTED", `publicKey: ${signer} is not a trusted key`);
  }
  const signature = parseSignature(envelope.signature);
  const key = hexToBytes(signer, "publicKey");
  if (crypto.verifyEcdsaSha256(bytes, signature, key)) return { payloadText: text, signer, form: "exact" };
  const repaired = envelope.encoding === "utf-8" ? reescapedPayload(text) : null;
  if (repaired !== null && crypto.verifyEcdsaSha256(utf8Bytes(repaired), signature, key)) {
    return { payloadText: text, signer, form: "reescaped" };
  }
  if (!isOnCurve(signer)) throw publicKeyMalformed("not a point of the curve");
  throw new SpvError("SPV_SIGNATURE_INVALID", "signature: does not verify over the payload");
}

/**
 * Older mAPI signs `callbackPayload` as an escaped JSON text, and gateways unescape it on the way (the P4 document's
 * own example is such a case). Same content and same signer, so this single form is tried too.
 */
function reescapedPayload(text: string): string | null {
  try {
    const payload = parseStrictJson(text, "payload");
    if (!isJsonObject(payload) || !isJsonObject(payload["callbackPayload"])) return null;
    return JSON.stringify({ ...payload, callbackPayload: JSON.stringify(payload["callbackPayload"]) });
  } catch (error) {
    if (isSpvError(error)) return null;
    throw error;
  }
}
