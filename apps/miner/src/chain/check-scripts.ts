import { LockingScript, Spend, Transaction } from "@bsv/sdk";

import { RejectionError } from "./rejection.ts";
import type { ChainTransaction, Coin } from "./transaction.ts";

/**
 * Runs every input's scripts with @bsv/sdk's interpreter. `spent` are the coins in the order of the inputs.
 * Safe for bytes from the network because a `ChainTransaction` only comes from a bounded structural parse.
 * Throws TX_SCRIPT_FAILED, naming the input.
 */
export function checkScripts(transaction: ChainTransaction, spent: readonly Coin[]): void {
  const parsed = Transaction.fromBinary(Array.from(transaction.bytes));
  parsed.inputs.forEach((input, index) => {
    const coin = spent[index] as Coin;
    const scriptFailure = evaluate(() =>
      new Spend({
        sourceTXID: input.sourceTXID as string,
        sourceOutputIndex: input.sourceOutputIndex,
        sourceSatoshis: Number(coin.satoshis),
        lockingScript: LockingScript.fromBinary(Array.from(coin.lockingScript)),
        transactionVersion: parsed.version,
        otherInputs: parsed.inputs.filter((_, other) => other !== index),
        outputs: parsed.outputs,
        unlockingScript: input.unlockingScript as NonNullable<typeof input.unlockingScript>,
        inputSequence: input.sequence as number,
        inputIndex: index,
        lockTime: parsed.lockTime,
      }).validate(),
    );
    if (scriptFailure !== null) throw new RejectionError("TX_SCRIPT_FAILED", `input ${index}: ${scriptFailure}`);
  });
}

/** The interpreter throws for most failures and returns false for some. Returns null when the script is satisfied. */
function evaluate(run: () => boolean): string | null {
  try {
    return run() ? null : "the script left false on the stack";
  } catch (error) {
    return firstLine(error instanceof Error ? error.message : String(error));
  }
}

function firstLine(text: string): string {
  return (text.split("\n", 1)[0] as string).slice(0, 200);
}
