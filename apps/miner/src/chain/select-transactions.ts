import type { ChainParams } from "./chain-params.ts";
import { checkSpends, resolveInputs, type BlockContext } from "./check-transaction.ts";
import { CoinOverlay, type CoinView } from "./coin-view.ts";
import { isRejection } from "./rejection.ts";
import type { ChainTransaction } from "./transaction.ts";

export interface Selection {
  readonly transactions: readonly ChainTransaction[];
  readonly fees: bigint;
}

export const EMPTY_SELECTION: Selection = { transactions: [], fees: 0n };

/**
 * The candidates that can stand in one block, in the given order: an earlier one wins over a later one that spends
 * the same coin, and what depends on a loser is left out with it.
 */
export function selectTransactions(
  candidates: readonly ChainTransaction[],
  coins: CoinView,
  context: BlockContext,
  params: ChainParams,
): Selection {
  const overlay = new CoinOverlay(coins);
  const transactions: ChainTransaction[] = [];
  let fees = 0n;
  for (const candidate of candidates) {
    try {
      fees += checkSpends(candidate, resolveInputs(candidate, overlay), context, params);
    } catch (error) {
      if (isRejection(error)) continue;
      throw error;
    }
    overlay.apply(candidate);
    transactions.push(candidate);
  }
  return { transactions, fees };
}
