import { isSpvError, parseTransaction } from "@p4/spv";

import { sha256Crypto } from "../chain/hash.ts";
import { RejectionError } from "../chain/rejection.ts";
import type { ChainTransaction } from "../chain/transaction.ts";

const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** One transaction, raw or in Extended Format. Throws TX_MALFORMED. */
export function decodeTransaction(bytes: Uint8Array): ChainTransaction {
  try {
    return parseTransaction(bytes, sha256Crypto, "rawtx");
  } catch (error) {
    throw isSpvError(error) ? new RejectionError("TX_MALFORMED", error.message) : error;
  }
}

export function decodeTransactionHex(hex: string): ChainTransaction {
  return decodeTransaction(bytesOfHex(hex));
}

/** Buffer.from stops silently at the first bad digit, so the text is tested first. */
export function bytesOfHex(hex: string): Buffer {
  if (!HEX.test(hex)) throw new RejectionError("TX_MALFORMED", "rawtx: must be hexadecimal, two digits for each byte");
  return Buffer.from(hex, "hex");
}

/** What ARC takes: one transaction, raw or in Extended Format. */
export function decodeSubmission(bytes: Uint8Array): ChainTransaction[] {
  return [decodeTransaction(bytes)];
}
