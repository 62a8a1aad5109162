import { SpvError } from "./errors.ts";

/**
 * mAPI makes minerId equal to the signing key; the document's example leaves it empty, which claims nothing.
 *
 * @param minerId lower-case hex
 * @param signer lower-case hex, null when nobody signed
 */
export function requireSigningMiner(minerId: string | undefined, signer: string | null): void {
  if (signer === null || minerId === undefined || minerId === "" || minerId === signer) return;
  throw new SpvError("SPV_MINER_ID_MISMATCH", "minerId: is not the key that signed");
}
