import { SpvError } from "./errors.ts";
import { comparablePublicKey } from "./secp256k1.ts";

/**
 * mAPI makes minerId equal to the signing key; the document's example leaves it empty, which claims nothing.
 *
 * @param minerId a SEC1 key in hex, in any of its encodings
 * @param signer as `verifyEnvelope` gives it: compressed, lower case; null when unsigned
 */
export function requireSigningMiner(minerId: string | undefined, signer: string | null): void {
  if (signer === null || minerId === undefined || minerId === "") return;
  if (comparablePublicKey(minerId) === signer) return;
  throw new SpvError("SPV_MINER_ID_MISMATCH", "minerId: is not the key that signed");
}
