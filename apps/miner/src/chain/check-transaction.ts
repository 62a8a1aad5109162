import { requiredFee, type ChainParams } from "./chain-params.ts";
import type { CoinView } from "./coin-view.ts";
import { RejectionError } from "./rejection.ts";
import { isCoinbase, spentOutpoint, totalOutput, type ChainTransaction, type Coin } from "./transaction.ts";

const FINAL_SEQUENCE = 0xffffffff;
/** Below it a lock time is a height, from it on a Unix time. */
const LOCK_TIME_THRESHOLD = 500_000_000;

/** The block a transaction would be mined into. Times in Unix seconds. */
export interface BlockContext {
  readonly height: number;
  readonly medianTimePast: number;
}

/** Rules that need nothing but the transaction. Throws `RejectionError`. */
export function checkStandalone(transaction: ChainTransaction, params: ChainParams): void {
  if (transaction.bytes.length > params.maxTransactionBytes) {
    throw new RejectionError(
      "TX_TOO_LARGE",
      `${transaction.bytes.length} bytes, at most ${params.maxTransactionBytes} are taken`,
    );
  }
  if (isCoinbase(transaction)) throw new RejectionError("TX_COINBASE", "a coinbase cannot be submitted");
  if (transaction.inputs.length === 0) throw new RejectionError("TX_MALFORMED", "inputs: at least one is needed");
  if (transaction.outputs.length === 0) throw new RejectionError("TX_MALFORMED", "outputs: at least one is needed");
  const outpoints = new Set(transaction.inputs.map(spentOutpoint));
  if (outpoints.size < transaction.inputs.length) {
    throw new RejectionError("TX_DUPLICATE_INPUT", "two inputs spend the same output");
  }
  if (totalOutput(transaction) > params.maxMoney) {
    throw new RejectionError("TX_BAD_OUTPUT_VALUE", `outputs pay more than ${params.maxMoney} satoshis in total`);
  }
}

/** The coins that the inputs spend, in order. Throws TX_MISSING_INPUTS for an output that is unknown or spent. */
export function resolveInputs(transaction: ChainTransaction, coins: CoinView): Coin[] {
  return transaction.inputs.map((input, index) => {
    const outpoint = spentOutpoint(input);
    const coin = coins.coin(outpoint);
    if (coin === undefined) {
      throw new RejectionError("TX_MISSING_INPUTS", `input ${index} spends ${outpoint}, which is unknown or spent`);
    }
    return coin;
  });
}

/** Lock time, coinbase maturity and sums. Returns the fee in satoshis. Throws `RejectionError`. */
export function checkSpends(
  transaction: ChainTransaction,
  spent: readonly Coin[],
  context: BlockContext,
  params: ChainParams,
): bigint {
  if (!isFinal(transaction, context)) {
    throw new RejectionError("TX_NOT_FINAL", `lock time ${transaction.lockTime} has not been reached`);
  }
  for (const coin of spent) {
    if (coin.isCoinbase && context.height - (coin.height ?? context.height) < params.coinbaseMaturity) {
      throw new RejectionError(
        "TX_IMMATURE_COINBASE",
        `a block reward can be spent ${params.coinbaseMaturity} blocks after it was mined`,
      );
    }
  }
  const paidIn = spent.reduce((sum, coin) => sum + coin.satoshis, 0n);
  const fee = paidIn - totalOutput(transaction);
  if (fee < 0n) {
    throw new RejectionError("TX_SPENDS_MORE_THAN_INPUTS", `outputs exceed the inputs by ${-fee} satoshis`);
  }
  return fee;
}

/** Policy, not consensus: the fee that the fee quote asks for. */
export function checkFee(transaction: ChainTransaction, fee: bigint, params: ChainParams): void {
  const needed = requiredFee(transaction.bytes.length, params.feeRate);
  if (fee < needed) {
    throw new RejectionError(
      "TX_FEE_TOO_LOW",
      `fee is ${fee} satoshis, ${transaction.bytes.length} bytes need ${needed}`,
    );
  }
}

function isFinal({ lockTime, inputs }: ChainTransaction, context: BlockContext): boolean {
  if (lockTime === 0 || inputs.every(({ sequence }) => sequence === FINAL_SEQUENCE)) return true;
  return lockTime < (lockTime < LOCK_TIME_THRESHOLD ? context.height : context.medianTimePast);
}
