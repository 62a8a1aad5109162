import { isBeef, isSpvError, parseBeef, parseTransaction } from "@p4/spv";

import { sha256Crypto } from "../chain/hash.ts";
import { RejectionError } from "../chain/rejection.ts";
import type { ChainTransaction } from "../chain/transaction.ts";

const HEX = /^(?:[0-9a-fA-F]{2})+$/;

/** One transaction, raw or in Extended Format. Throws TX_MALFORMED. */
export function decodeTransaction(bytes: Uint8Array): ChainTransaction {
  return refusingMalformed(() => parseTransaction(bytes, sha256Crypto, "rawtx"));
}

export function decodeTransactionHex(hex: string): ChainTransaction {
  return decodeTransaction(bytesOfHex(hex));
}

/**
 * What ARC takes: one transaction, raw or in Extended Format, or a BEEF, of which the transactions without a BUMP are
 * to be submitted, parents first; the last one is what the BEEF is about. Throws TX_MALFORMED.
 */
export function decodeSubmission(bytes: Uint8Array): ChainTransaction[] {
  if (!isBeef(bytes)) return [decodeTransaction(bytes)];
  const { entries } = refusingMalformed(() => parseBeef(bytes, "rawTx"));
  const transactions = entries.flatMap((entry, index) =>
    entry.kind === "transaction" && (entry.bump === null || index === entries.length - 1)
      ? [decodeTransaction(entry.transaction.bytes)]
      : [],
  );
  if (transactions.length === 0) throw new RejectionError("TX_MALFORMED", "rawTx: the BEEF holds no transaction");
  return transactions;
}

/** Buffer.from stops silently at the first bad digit, so the text is tested first. */
export function bytesOfHex(hex: string): Buffer {
  if (!HEX.test(hex)) throw new RejectionError("TX_MALFORMED", "rawtx: must be hexadecimal, two digits for each byte");
  return Buffer.from(hex, "hex");
}

function refusingMalformed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw isSpvError(error) ? new RejectionError("TX_MALFORMED", error.message) : error;
  }
}
