import { EASY_BITS, mineHeader, workOfBits, type BlockHeader } from "./block-header.ts";
import type { ChainParams } from "./chain-params.ts";
import { buildCoinbase } from "./coinbase.ts";
import { buildMerkleTree, merkleRoot, type MerkleTree } from "./merkle-tree.ts";
import { NULL_TXID, type ChainTransaction } from "./transaction.ts";

const BLOCK_VERSION = 0x20000000;

/** A mined block; the coinbase is the first transaction. */
export interface Block {
  readonly hash: string;
  readonly height: number;
  readonly header: BlockHeader;
  readonly transactions: readonly ChainTransaction[];
}

/** A block with what the chain derives from it and its ancestors. */
export interface ChainBlock extends Block {
  readonly tree: MerkleTree;
  readonly chainWork: bigint;
}

export interface BlockTemplate {
  readonly parent: ChainBlock | null;
  readonly time: number;
  readonly transactions: readonly ChainTransaction[];
  readonly reward: bigint;
  readonly rewardScript: Uint8Array;
  readonly coinbaseTag: string;
}

/** Builds the coinbase and the Merkle tree and searches the nonce. */
export function mineBlock(template: BlockTemplate): ChainBlock {
  const height = template.parent === null ? 0 : template.parent.height + 1;
  const coinbase = buildCoinbase(height, template.coinbaseTag, {
    satoshis: template.reward,
    lockingScript: template.rewardScript,
  });
  const transactions = [coinbase, ...template.transactions];
  const tree = buildMerkleTree(transactions.map(({ txid }) => txid));
  const { header, hash } = mineHeader({
    version: BLOCK_VERSION,
    previousHash: template.parent?.hash ?? NULL_TXID,
    merkleRoot: merkleRoot(tree),
    time: template.time,
    bits: EASY_BITS,
  });
  return { hash, height, header, transactions, tree, chainWork: workAfter(template.parent, header.bits) };
}

export function mineGenesis(params: ChainParams, allocationScript: Uint8Array): ChainBlock {
  return mineBlock({
    parent: null,
    time: params.genesisTime,
    transactions: [],
    reward: params.genesisAllocation,
    rewardScript: allocationScript,
    coinbaseTag: "P4 development chain",
  });
}

/** Total expected hashes from genesis to a block on top of `parent`. */
export function workAfter(parent: ChainBlock | null, bits: number): bigint {
  return (parent?.chainWork ?? 0n) + workOfBits(bits);
}
