import { beefSubject, isBeef, parseBeef } from "./beef.ts";
import { hexToBytes } from "./bytes.ts";
import { isSpvError } from "./errors.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import { parseTransaction, type Transaction } from "./transaction.ts";

/**
 * The id of the one transaction that `verifyPayment` judges: of several the last, since parents come first. In any of the
 * four vocabularies, in hex alone. Null when the body has none that can be read; never throws.
 * `paymentTransactionIds` has them all, in every form.
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
  return ancestryBeef(body["ancestry"]);
}

/** A wallet may send a BEEF alone, where the Go library has its ancestry. */
export function ancestryBeef(ancestry: unknown): string | null {
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
