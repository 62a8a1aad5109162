import { verifyBump } from "./bump-root.ts";
import { bytesToHex } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { blockClaimOf, type HeaderSource } from "./header-source.ts";
import { judgeHeader } from "./judge-header.ts";
import { type Ancestor, type PaymentTransactions, readPaymentTransactions } from "./payment-ancestry.ts";
import { transactionIdsOf } from "./payment-transaction-ids.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { type JsonObject, parseStrictJsonObject } from "./strict-json.ts";
import type { Transaction, TransactionOutput } from "./transaction.ts";
import { MAX_SCRIPT_INPUTS, verifyScripts } from "./verify-scripts.ts";
import { verifyTscProof } from "./verify-tsc.ts";

export interface RequiredOutput {
  /** Hex, either case. */
  readonly script: string;
  readonly satoshis: bigint;
  /** All outputs to this script together pay this, or more. Default: one output pays exactly this. */
  readonly orMore?: boolean;
}

/** `satoshis` for each `bytes` of the transaction, as fee quotes say it. */
export interface FeeRate {
  readonly satoshis: number;
  readonly bytes: number;
}

export interface PaymentRules {
  readonly outputs: readonly RequiredOutput[];
  /** Checked only with ancestry: without it the value of the inputs is not known. */
  readonly feeRate?: FeeRate;
  readonly ancestryRequired: boolean;
  readonly headers: HeaderSource;
  readonly crypto: SpvCrypto;
}

export interface VerifiedPayment {
  readonly transaction: Transaction;
  /** Null without ancestry. */
  readonly feeSatoshis: bigint | null;
}

/** A payment may be as large as BRC-55 allows, in hex, twice (transaction and ancestry). */
const PAYMENT_JSON_LIMITS = { maxLength: 42_000_000, maxDepth: 3_000 };

/**
 * Everything a merchant can check of a payment before broadcast: it pays the outputs, every chain of parents ends in a
 * known block, every script unlocks, no transaction creates money, the fee is enough. Expiry, invoice and reference
 * are the merchant's own. Throws SpvError; a retryable one when the headers could not decide.
 */
export async function verifyPayment(paymentBodyText: string, rules: PaymentRules): Promise<VerifiedPayment> {
  const body = parseStrictJsonObject(paymentBodyText, "payment", PAYMENT_JSON_LIMITS);
  const transactions = readPaymentTransactions(body, rules.crypto);
  const { payment, ancestors } = transactions;
  requireOnePayment(body, payment, rules.crypto);
  requireOutputs(payment, rules.outputs);
  if (ancestors.size === 0 && !rules.ancestryRequired) {
    requireDistinctInputs(payment);
    return { transaction: payment, feeSatoshis: null };
  }
  const feeSatoshis = await verifyAncestry(transactions, rules);
  requireFee(payment, feeSatoshis, rules.feeRate);
  return { transaction: payment, feeSatoshis };
}

/**
 * A body may write a transaction in several vocabularies. What is judged here has to be what the channel knows the payment by:
 * else miners' news of it, such as its rejection, would not be the payment's.
 */
function requireOnePayment(body: JsonObject, payment: Transaction, crypto: SpvCrypto): void {
  if (transactionIdsOf(body, crypto).includes(payment.txid)) return;
  throw new SpvError("SPV_PAYMENT_INVALID", `payment: also writes another transaction than ${payment.txid}`);
}

/** Each required output needs an output of its own, matched by script and exact amount, in any order; but see `orMore`. */
function requireOutputs(payment: Transaction, required: readonly RequiredOutput[]): void {
  for (const { satoshis, script } of required.filter(({ orMore }) => orMore === true)) {
    const paid = payment.outputs
      .filter(({ lockingScript }) => bytesToHex(lockingScript) === script.toLowerCase())
      .reduce((sum, output) => sum + output.satoshis, 0n);
    if (paid >= satoshis) continue;
    const fault = paid === 0n ? `none pays ${satoshis}` : `pay ${paid} of ${satoshis}`;
    throw new SpvError("SPV_PAYMENT_OUTPUT_MISSING", `outputs: ${fault} satoshis to ${script}`);
  }
  const unclaimed = new Map<string, number>();
  for (const { satoshis, lockingScript } of payment.outputs) {
    const key = `${satoshis}:${bytesToHex(lockingScript)}`;
    unclaimed.set(key, (unclaimed.get(key) ?? 0) + 1);
  }
  for (const { satoshis, script, orMore } of required) {
    if (orMore === true) continue;
    const key = `${satoshis}:${script.toLowerCase()}`;
    const left = unclaimed.get(key) ?? 0;
    if (left === 0) {
      throw new SpvError("SPV_PAYMENT_OUTPUT_MISSING", `outputs: none pays ${satoshis} satoshis to ${script}`);
    }
    unclaimed.set(key, left - 1);
  }
}

/** Walks from the payment to mined ancestors and returns the payment's fee. */
async function verifyAncestry({ payment, ancestors }: PaymentTransactions, rules: PaymentRules): Promise<bigint> {
  const fee = verifyScripts(payment, spentOutputs(payment, ancestors));
  let checkedInputs = payment.inputs.length;
  const visited = new Set<string>();
  const open: Transaction[] = [payment];
  for (let child = open.pop(); child !== undefined; child = open.pop()) {
    for (const { sourceTxid } of child.inputs) {
      if (visited.has(sourceTxid)) continue;
      visited.add(sourceTxid);
      const parent = ancestorOf(sourceTxid, ancestors);
      if (parent.proof !== null) {
        await requireMined(parent, rules);
      } else {
        checkedInputs += parent.transaction.inputs.length;
        if (checkedInputs > MAX_SCRIPT_INPUTS) {
          throw new SpvError("SPV_TOO_LARGE", `ancestry: more than ${MAX_SCRIPT_INPUTS} inputs to check`);
        }
        verifyScripts(parent.transaction, spentOutputs(parent.transaction, ancestors));
        open.push(parent.transaction);
      }
    }
  }
  return fee;
}

function spentOutputs(child: Transaction, ancestors: ReadonlyMap<string, Ancestor>): TransactionOutput[] {
  requireDistinctInputs(child);
  return child.inputs.map(({ sourceTxid, sourceOutputIndex }) => {
    const output = ancestorOf(sourceTxid, ancestors).transaction.outputs[sourceOutputIndex];
    if (output === undefined) {
      throw new SpvError("SPV_ANCESTRY_INVALID", `ancestry: ${sourceTxid} has no output ${sourceOutputIndex}`);
    }
    return output;
  });
}

function ancestorOf(txid: string, ancestors: ReadonlyMap<string, Ancestor>): Ancestor {
  const ancestor = ancestors.get(txid);
  if (ancestor === undefined) throw new SpvError("SPV_ANCESTRY_MISSING", `ancestry: lacks transaction ${txid}`);
  return ancestor;
}

/** One coin named twice would count twice towards the sum. */
function requireDistinctInputs(transaction: Transaction): void {
  const coins = new Set(transaction.inputs.map((input) => `${input.sourceTxid}:${input.sourceOutputIndex}`));
  if (coins.size !== transaction.inputs.length) {
    throw new SpvError("SPV_PAYMENT_DOUBLE_INPUT", `transaction ${transaction.txid}: spends the same coin twice`);
  }
}

/** A payment cannot rest on a block that the header source does not know, so the strict policy holds. */
async function requireMined({ transaction, proof }: Ancestor, { headers, crypto }: PaymentRules): Promise<void> {
  if (proof === null) throw new SpvError("SPV_ANCESTRY_INVALID", `ancestry: ${transaction.txid} has no proof`);
  const { txid } = transaction;
  const proven =
    proof.kind === "bump"
      ? verifyBump(proof.bump, txid, crypto)
      : verifyTscProof(proof.proof, { expectedTxid: txid }, crypto);
  const claim = blockClaimOf(proven);
  const verdict = judgeHeader(claim, await headers.lookup(claim), "require");
  if (verdict.kind === "refused" || verdict.kind === "retry-later") {
    throw new SpvError(verdict.code, `ancestry: ${txid}: ${verdict.reason}`);
  }
}

function requireFee(payment: Transaction, feeSatoshis: bigint, rate: FeeRate | undefined): void {
  if (rate === undefined) return;
  // Rounded down, as the Go wallets compute what they owe.
  const owed = (BigInt(payment.bytes.length) * BigInt(rate.satoshis)) / BigInt(rate.bytes);
  if (feeSatoshis < owed) throw new SpvError("SPV_PAYMENT_FEE_TOO_LOW", `fee: ${feeSatoshis} satoshis, ${owed} owed`);
}
