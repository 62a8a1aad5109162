import { beefSubject, isBeef, parseBeef } from "./beef.ts";
import { hexToBytes } from "./bytes.ts";
import { isSpvError } from "./errors.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import { parseTransaction, type Transaction } from "./transaction.ts";

/**
 * The id of the transaction that a `payment` body carries, in any of the four vocabularies: BIP270 `transaction`,
 * P4 `rawTx` and `spvEnvelope.rawTx`, go-dpp `rawTx`, BRC-27 `mode.transactions` (the last: parents come first).
 * Raw, Extended Format, BEEF and atomic BEEF are told apart. Null when the body has none that can be read: this runs
 * for every payment message and must never throw. It is an identity, not a validation.
 */
export function paymentTransactionId(paymentBodyText: string, crypto: SpvCrypto): string | null {
  try {
    const body: unknown = JSON.parse(paymentBodyText);
    const text = isJsonObject(body) ? paymentTransactionText(body) : null;
    return text === null ? null : subjectTransaction(hexToBytes(text, "transaction"), crypto).txid;
  } catch (error) {
    if (isSpvError(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The hex text of the payment's transaction, wherever the vocabulary puts it. */
export function paymentTransactionText(body: JsonObject): string | null {
  for (const candidate of [body["rawTx"], body["transaction"], envelopeRawTx(body), lastModeTransaction(body)]) {
    // An empty text is a transaction that is wrong, not one that is elsewhere.
    if (typeof candidate === "string") return candidate;
  }
  // A wallet may send a BEEF alone, where the Go library has its ancestry.
  const ancestry = body["ancestry"];
  return typeof ancestry === "string" && /^(?:0[12]00beef|01010101)/i.test(ancestry) ? ancestry : null;
}

/** Any serialisation to the transaction that it is about. Throws SpvError. */
export function subjectTransaction(bytes: Uint8Array, crypto: SpvCrypto): Transaction {
  return isBeef(bytes) ? beefSubject(parseBeef(bytes), crypto) : parseTransaction(bytes, crypto);
}

function envelopeRawTx(body: JsonObject): unknown {
  const envelope = body["spvEnvelope"];
  return isJsonObject(envelope) ? envelope["rawTx"] : undefined;
}

function lastModeTransaction(body: JsonObject): unknown {
  const mode = body["mode"];
  const transactions = isJsonObject(mode) ? mode["transactions"] : undefined;
  return Array.isArray(transactions) ? (transactions.at(-1) as unknown) : undefined;
}
