import { hashHeader, meetsTarget } from "./block-header.ts";
import type { Block } from "./block.ts";
import type { ChainParams } from "./chain-params.ts";
import { checkSpends, resolveInputs, type BlockContext } from "./check-transaction.ts";
import { CoinOverlay, type CoinView } from "./coin-view.ts";
import { merkleRoot, type MerkleTree } from "./merkle-tree.ts";
import { RejectionError } from "./rejection.ts";
import { isCoinbase, totalOutput } from "./transaction.ts";

/** Proof of work, Merkle root and time: what can be checked without the coins. Throws `RejectionError`. */
export function checkHeader(block: Block, tree: MerkleTree, medianTimePast: number): void {
  if (hashHeader(block.header) !== block.hash || !meetsTarget(block.hash, block.header.bits)) {
    throw new RejectionError("BLOCK_BAD_PROOF_OF_WORK", `block ${block.hash} does not meet its target`);
  }
  if (merkleRoot(tree) !== block.header.merkleRoot) {
    throw new RejectionError("BLOCK_BAD_MERKLE_ROOT", `block ${block.hash} does not hold what its header commits to`);
  }
  if (block.header.time <= medianTimePast) {
    throw new RejectionError("BLOCK_BAD_TIME", `time ${block.header.time} is not above the median ${medianTimePast}`);
  }
}

/**
 * Sums, maturity and double spends of a whole block against the coins before it. Scripts are not run again:
 * every transaction of this chain passed `checkScripts` when it was accepted. Throws `RejectionError`.
 */
export function checkBlockTransactions(
  block: Block,
  coins: CoinView,
  context: BlockContext,
  params: ChainParams,
): void {
  const [coinbase, ...others] = block.transactions;
  if (coinbase === undefined || !isCoinbase(coinbase) || others.some(isCoinbase)) {
    throw new RejectionError("BLOCK_BAD_COINBASE", "a block has one coinbase, in the first place");
  }
  const overlay = new CoinOverlay(coins);
  let fees = 0n;
  for (const transaction of others) {
    fees += checkSpends(transaction, resolveInputs(transaction, overlay), context, params);
    overlay.apply(transaction);
  }
  if (totalOutput(coinbase) > params.blockSubsidy + fees) {
    throw new RejectionError(
      "BLOCK_BAD_COINBASE",
      `the coinbase pays more than ${params.blockSubsidy + fees} satoshis`,
    );
  }
}
