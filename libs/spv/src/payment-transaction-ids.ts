import { encodedBytes, isEncodedBytes } from "./encoded-bytes.ts";
import { isSpvError } from "./errors.ts";
import { ancestryBeef, subjectTransaction } from "./payment-transaction-id.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import { MAX_TRANSACTION_BYTES } from "./transaction.ts";

/** A payment of more transactions has none that is known by its id: the ids stay in memory as long as the channel. */
export const MAX_PAYMENT_TRANSACTIONS = 1_000;

/**
 * The ids of the transactions that a `payment` body carries, in the body's order, each once; ancestors do not count.
 * Found in every vocabulary: BRC-54 `mode.transactions` (also with the mode under its id), P4 and go-dpp `rawTx`, BIP270
 * and BRC-105 `transaction`, P4 `spvEnvelope.rawTx`, paymail `beef`, BRC-100 `tx`; names without regard to case, as Go
 * reads them. Each may be hex, base64 or a list of bytes, and raw, Extended Format, BEEF or atomic BEEF.
 *
 * What cannot be read is left out, so the list may be empty: this runs for every payment message and must never throw.
 * It is an identity, not a validation.
 */
export function paymentTransactionIds(paymentBodyText: string, crypto: SpvCrypto): readonly string[] {
  return transactionIdsOf(parseJson(paymentBodyText), crypto);
}

/** The same, of a body that is parsed already. */
export function transactionIdsOf(body: unknown, crypto: SpvCrypto): readonly string[] {
  if (!isJsonObject(body)) return [];
  for (const place of placesOf(body)) {
    const txids = transactionIdsIn(place, crypto);
    if (txids.length > 0) return txids;
  }
  return [];
}

/** Where vocabularies put a payment's transactions. The first place that has any counts. */
function placesOf(body: JsonObject): readonly unknown[] {
  const envelope = memberOf(body, "spvEnvelope");
  return [
    modeTransactions(body),
    memberOf(body, "rawTx"),
    memberOf(body, "transaction"),
    isJsonObject(envelope) ? memberOf(envelope, "rawTx") : undefined,
    memberOf(body, "transactions"),
    memberOf(body, "beef"),
    memberOf(body, "tx"),
    ancestryBeef(memberOf(body, "ancestry")),
  ];
}

function transactionIdsIn(place: unknown, crypto: SpvCrypto): readonly string[] {
  const written = isEncodedBytes(place) ? [place] : Array.isArray(place) ? (place as readonly unknown[]) : [];
  if (written.length > MAX_PAYMENT_TRANSACTIONS) return [];
  const txids = new Set<string>();
  for (const value of written) {
    const txid = transactionIdIn(value, crypto);
    if (txid !== null) txids.add(txid);
  }
  return [...txids];
}

function transactionIdIn(written: unknown, crypto: SpvCrypto): string | null {
  try {
    return subjectTransaction(encodedBytes(written, "transaction", MAX_TRANSACTION_BYTES), crypto).txid;
  } catch (error) {
    if (isSpvError(error)) return null;
    throw error;
  }
}

/** BRC-54 writes the mode's object under its id, deployed wallets write it as it is. */
function modeTransactions(body: JsonObject): readonly unknown[] | null {
  const mode = memberOf(body, "mode");
  if (!isJsonObject(mode)) return null;
  const modeId = memberOf(body, "modeId");
  const named = typeof modeId === "string" && Object.hasOwn(mode, modeId) ? [mode[modeId]] : [];
  for (const candidate of [mode, ...named, ...Object.values(mode)]) {
    const transactions = isJsonObject(candidate) ? memberOf(candidate, "transactions") : undefined;
    if (Array.isArray(transactions)) return transactions as readonly unknown[];
  }
  return null;
}

/** The member of exactly this name, otherwise the last that differs in case alone. */
function memberOf(object: JsonObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name];
  const folded = name.toLowerCase();
  const found = Object.keys(object).findLast((candidate) => candidate.toLowerCase() === folded);
  return found === undefined ? undefined : object[found];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
