import { isBeef, parseBeef } from "./beef.ts";
import type { Bump } from "./bump.ts";
import { hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { readGoAncestry } from "./go-ancestry.ts";
import { paymentTransactionText, subjectTransaction } from "./payment-transaction-id.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { isJsonObject, type JsonObject } from "./strict-json.ts";
import { parseTransactionHex, type Transaction, transactionIdOf } from "./transaction.ts";
import { parseTscProof, type TscProof } from "./tsc-proof.ts";

/** A transaction that a payment builds on, with the proof that it is mined, if the payer gave one. */
export interface Ancestor {
  readonly transaction: Transaction;
  readonly proof:
    { readonly kind: "tsc"; readonly proof: TscProof } | { readonly kind: "bump"; readonly bump: Bump } | null;
}

export interface PaymentTransactions {
  readonly payment: Transaction;
  /** By txid; without the payment itself. */
  readonly ancestors: ReadonlyMap<string, Ancestor>;
}

/** Longer chains of unmined parents than any mempool accepts by default. */
export const MAX_ANCESTORS = 1_000;

/**
 * Collects the payment's transaction and its ancestors from any of the vocabularies: go-bc's binary or a BEEF in
 * `ancestry`, a BEEF as the transaction, P4's `spvEnvelope.parents`, BRC-27's `mode.ancestors`.
 * Structure only. Throws SPV_PAYMENT_INVALID, SPV_ANCESTRY_INVALID and the parsers' codes.
 */
export function readPaymentTransactions(body: JsonObject, crypto: SpvCrypto): PaymentTransactions {
  const text = paymentTransactionText(body);
  if (text === null) throw new SpvError("SPV_PAYMENT_INVALID", "payment: has no transaction");
  const bytes = hexToBytes(text, "transaction");
  const payment = subjectTransaction(bytes, crypto);
  const found = [
    ...(isBeef(bytes) ? beefAncestors(bytes, crypto) : []),
    ...binaryAncestors(body["ancestry"], crypto),
    ...envelopeAncestors(body["spvEnvelope"], crypto),
    ...modeAncestors(body["mode"], crypto),
  ];
  if (found.length > MAX_ANCESTORS) throw invalid(`more than ${MAX_ANCESTORS} transactions`);
  const ancestors = new Map<string, Ancestor>();
  for (const ancestor of found) {
    const { txid } = ancestor.transaction;
    // The first with a proof wins; a repetition adds nothing.
    if (txid !== payment.txid && !ancestors.get(txid)?.proof) ancestors.set(txid, ancestor);
  }
  return { payment, ancestors };
}

function binaryAncestors(ancestry: unknown, crypto: SpvCrypto): Ancestor[] {
  if (ancestry === undefined || ancestry === null || ancestry === "") return [];
  if (typeof ancestry !== "string") throw invalid("must be hex text");
  const bytes = hexToBytes(ancestry, "ancestry");
  return isBeef(bytes) ? beefAncestors(bytes, crypto) : readGoAncestry(bytes, crypto);
}

function beefAncestors(bytes: Uint8Array, crypto: SpvCrypto): Ancestor[] {
  const ancestors: Ancestor[] = [];
  for (const entry of parseBeef(bytes).entries) {
    if (entry.kind === "txid-only") continue; // nothing to check scripts against
    const transaction = { ...entry.transaction, txid: transactionIdOf(entry.transaction.bytes, crypto) };
    ancestors.push({ transaction, proof: entry.bump && { kind: "bump", bump: entry.bump } });
  }
  return ancestors;
}

/** The tree of parents, walked with a list of our own: its depth is the payer's choice. */
function envelopeAncestors(envelope: unknown, crypto: SpvCrypto): Ancestor[] {
  if (!isJsonObject(envelope)) return [];
  const ancestors: Ancestor[] = [];
  const open: JsonObject[] = [envelope];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const parents = node["parents"];
    if (!isJsonObject(parents)) continue;
    for (const parent of Object.values(parents)) {
      if (!isJsonObject(parent)) throw invalid("parents: must be objects");
      ancestors.push(jsonAncestor(parent["rawTx"], parent["proof"], crypto));
      if (ancestors.length > MAX_ANCESTORS) throw invalid(`more than ${MAX_ANCESTORS} transactions`);
      open.push(parent);
    }
  }
  return ancestors;
}

function modeAncestors(mode: unknown, crypto: SpvCrypto): Ancestor[] {
  if (!isJsonObject(mode)) return [];
  const ancestors: Ancestor[] = [];
  if (isJsonObject(mode["ancestors"])) {
    for (const ancestor of Object.values(mode["ancestors"])) {
      if (!isJsonObject(ancestor)) throw invalid("ancestors: must be objects");
      ancestors.push(jsonAncestor(ancestor["rawtx"], ancestor["proof"], crypto));
    }
  }
  // Of several transactions the last is the payment; it may spend the others.
  const transactions = mode["transactions"];
  if (Array.isArray(transactions)) {
    for (const rawTx of transactions.slice(0, -1) as unknown[]) ancestors.push(jsonAncestor(rawTx, undefined, crypto));
  }
  return ancestors;
}

function jsonAncestor(rawTx: unknown, proof: unknown, crypto: SpvCrypto): Ancestor {
  if (typeof rawTx !== "string") throw invalid("rawTx: must be hex text");
  const isProven = proof !== undefined && proof !== null;
  return {
    transaction: parseTransactionHex(rawTx, crypto, "ancestor"),
    proof: isProven ? { kind: "tsc", proof: parseTscProof(proof) } : null,
  };
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_ANCESTRY_INVALID", `ancestry: ${rule}`);
}
