import type { Transaction, TransactionInput, TransactionOutput } from "@p4/spv";

/** A transaction that passed the bounded structural parse. Hashes in display order, amounts in whole satoshis. */
export type ChainTransaction = Transaction;
export type ChainInput = TransactionInput;
export type ChainOutput = TransactionOutput;

export const NULL_TXID = "00".repeat(32);

/** An output that can be spent, and where it came from. */
export interface Coin extends ChainOutput {
  /** Height of the block that holds it; null while it is only in the mempool. */
  readonly height: number | null;
  readonly isCoinbase: boolean;
}

/** `txid:vout`, the name of an output. */
export type Outpoint = string;

export function outpointOf(txid: string, vout: number): Outpoint {
  return `${txid}:${vout}`;
}

export function spentOutpoint(input: ChainInput): Outpoint {
  return outpointOf(input.sourceTxid, input.sourceOutputIndex);
}

export function isCoinbase(transaction: ChainTransaction): boolean {
  return transaction.inputs.length === 1 && transaction.inputs[0]?.sourceTxid === NULL_TXID;
}

export function totalOutput(transaction: ChainTransaction): bigint {
  return transaction.outputs.reduce((sum, output) => sum + output.satoshis, 0n);
}
