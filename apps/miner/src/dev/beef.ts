import type { ChainTransaction } from "../chain/transaction.ts";

const BEEF_V1 = Buffer.from("0100beef", "hex");
const ONE = Buffer.from([1]);
const HAS_BUMP_ZERO = Buffer.from([1, 0]);

/** BEEF (BRC-62) of one mined transaction and its BUMP. */
export function beefOf(transaction: ChainTransaction, bump: Uint8Array): Buffer {
  return Buffer.concat([BEEF_V1, ONE, bump, ONE, transaction.bytes, HAS_BUMP_ZERO]);
}
