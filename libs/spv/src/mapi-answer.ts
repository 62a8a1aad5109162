import { parseEnvelope } from "./envelope.ts";
import { requireSigningMiner } from "./signing-miner.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { type JsonObject, parseStrictJsonObject } from "./strict-json.ts";
import { type SignaturePolicy, verifyEnvelope } from "./verify-envelope.ts";

/**
 * The payload of an answer of mAPI: fee quote, submission or query. Nothing is read of an answer whose signature does
 * not hold, or is not of the miner that it names. Throws SpvError.
 */
export function openMapiAnswer(bodyText: string, policy: SignaturePolicy, crypto: SpvCrypto): JsonObject {
  const { payloadText, signer } = verifyEnvelope(parseEnvelope(bodyText), policy, crypto);
  const payload = parseStrictJsonObject(payloadText, "payload");
  const { minerId } = payload;
  requireSigningMiner(typeof minerId === "string" ? minerId.toLowerCase() : undefined, signer);
  return payload;
}
