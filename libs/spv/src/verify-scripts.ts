import { LockingScript, Spend, Transaction as SdkTransaction } from "@bsv/sdk";
import { SpvError } from "./errors.ts";
import type { Transaction, TransactionOutput } from "./transaction.ts";

/** Stack memory that one script may take. */
const SCRIPT_MEMORY_BYTES = 4_000_000;
/** A signature check costs a millisecond in JavaScript and fits in a byte of script. Bounds for one input and, with all ancestors, for one payment. */
export const MAX_SCRIPT_BYTES = 20_000;
export const MAX_SCRIPT_INPUTS = 500;

/**
 * Runs the script of every input against the output it spends (`spent`, in the order of the inputs) and returns the
 * fee in satoshis. The transaction has been parsed within bounds, so it is safe to hand its bytes to the sdk.
 * Throws SPV_SCRIPT_INVALID, SPV_PAYMENT_INFLATES, SPV_TOO_LARGE.
 */
export function verifyScripts(transaction: Transaction, spent: readonly TransactionOutput[]): bigint {
  let fee = 0n;
  for (const output of spent) fee += output.satoshis;
  for (const output of transaction.outputs) fee -= output.satoshis;
  if (fee < 0n) {
    throw new SpvError("SPV_PAYMENT_INFLATES", `transaction ${transaction.txid}: outputs are worth more than inputs`);
  }
  requireBoundedWork(transaction, spent);
  const sdkTransaction = SdkTransaction.fromBinary(transaction.bytes);
  for (const [index, output] of spent.entries()) {
    if (!runScript(sdkTransaction, index, output)) {
      throw new SpvError(
        "SPV_SCRIPT_INVALID",
        `transaction ${transaction.txid}: input ${index} does not unlock its coin`,
      );
    }
  }
  return fee;
}

function requireBoundedWork(transaction: Transaction, spent: readonly TransactionOutput[]): void {
  if (spent.length > MAX_SCRIPT_INPUTS) {
    throw new SpvError(
      "SPV_TOO_LARGE",
      `transaction ${transaction.txid}: more than ${MAX_SCRIPT_INPUTS} inputs to check`,
    );
  }
  for (const [index, { lockingScript }] of spent.entries()) {
    const unlockingBytes = transaction.inputs[index]?.unlockingScript.length ?? 0;
    if (lockingScript.length + unlockingBytes > MAX_SCRIPT_BYTES) {
      throw new SpvError(
        "SPV_TOO_LARGE",
        `transaction ${transaction.txid}: script of input ${index} is too long to check`,
      );
    }
  }
}

function runScript(transaction: SdkTransaction, inputIndex: number, spent: TransactionOutput): boolean {
  const input = transaction.inputs[inputIndex];
  if (input?.unlockingScript === undefined || input.sourceTXID === undefined) return false;
  try {
    return new Spend({
      sourceTXID: input.sourceTXID,
      sourceOutputIndex: input.sourceOutputIndex,
      sourceSatoshis: Number(spent.satoshis),
      lockingScript: LockingScript.fromBinary(Array.from(spent.lockingScript)),
      transactionVersion: transaction.version,
      otherInputs: transaction.inputs.filter((_, index) => index !== inputIndex),
      outputs: transaction.outputs,
      inputIndex,
      unlockingScript: input.unlockingScript,
      inputSequence: input.sequence ?? 0xffff_ffff,
      lockTime: transaction.lockTime,
      memoryLimit: SCRIPT_MEMORY_BYTES,
    }).validate();
  } catch {
    // The interpreter throws for every way in which a script can fail.
    return false;
  }
}
