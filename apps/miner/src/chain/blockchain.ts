import { mineBlock, mineGenesis, workAfter, type Block, type ChainBlock } from "./block.ts";
import { BlockIndex } from "./block-index.ts";
import type { ChainParams } from "./chain-params.ts";
import { checkBlockTransactions, checkHeader } from "./check-block.ts";
import { checkScripts } from "./check-scripts.ts";
import { checkFee, checkSpends, checkStandalone, resolveInputs, type BlockContext } from "./check-transaction.ts";
import { CoinOverlay } from "./coin-view.ts";
import { fitsInto, Mempool } from "./mempool.ts";
import { buildMerkleTree } from "./merkle-tree.ts";
import { RejectionError } from "./rejection.ts";
import { EMPTY_SELECTION, selectTransactions, type Selection } from "./select-transactions.ts";
import { spentOutpoint, type ChainTransaction, type Outpoint } from "./transaction.ts";
import { UtxoSet, type BlockUndo } from "./utxo-set.ts";

/** What one new block did to the active chain. `evicted` were accepted before and can no longer be mined. */
export interface ChainChange {
  readonly disconnected: readonly ChainBlock[];
  readonly connected: readonly ChainBlock[];
  readonly evicted: readonly EvictedTransaction[];
}

export interface EvictedTransaction {
  readonly transaction: ChainTransaction;
  /** The mined transaction that spends the same coin; null when only an ancestor was evicted. */
  readonly conflict: ChainTransaction | null;
}

export interface MinedPosition {
  readonly block: ChainBlock;
  readonly index: number;
}

export interface MiningResult {
  /** The new blocks in order. */
  readonly blocks: readonly ChainBlock[];
  readonly change: ChainChange;
}

const NO_CHANGE: ChainChange = { disconnected: [], connected: [], evicted: [] };

/** The chain with most work, the branches beside it, the unspent coins and the mempool. All in memory, no clock. */
export class Blockchain {
  readonly params: ChainParams;
  readonly index = new BlockIndex();
  readonly utxos = new UtxoSet();
  readonly mempool = new Mempool(this.utxos);
  readonly #rewardScript: Uint8Array;
  readonly #active: ChainBlock[] = [];
  readonly #undo = new Map<string, BlockUndo>();
  readonly #mined = new Map<string, MinedPosition>();

  /** `rewardScript` receives the genesis allocation and all block rewards. */
  constructor(params: ChainParams, rewardScript: Uint8Array) {
    this.params = params;
    this.#rewardScript = rewardScript;
    const genesis = mineGenesis(params, rewardScript);
    this.index.add(genesis);
    this.#connect(genesis);
  }

  get tip(): ChainBlock {
    return this.#active.at(-1) as ChainBlock;
  }

  blockAt(height: number): ChainBlock | undefined {
    return this.#active[height];
  }

  isActive(block: ChainBlock): boolean {
    return this.#active[block.height]?.hash === block.hash;
  }

  /** Where the active chain holds the transaction. */
  minedPosition(txid: string): MinedPosition | undefined {
    return this.#mined.get(txid);
  }

  /** Takes a transaction into the mempool. Returns false when it is there, or mined, already. Throws `RejectionError`. */
  submit(transaction: ChainTransaction): boolean {
    if (this.mempool.get(transaction.txid) !== undefined || this.#mined.has(transaction.txid)) return false;
    checkStandalone(transaction, this.params);
    const conflicts = this.mempool.conflictsWith(transaction);
    const spent = resolveInputs(transaction, this.mempool);
    const fee = checkSpends(transaction, spent, this.#contextOn(this.tip), this.params);
    checkFee(transaction, fee, this.params);
    checkScripts(transaction, spent);
    // Last, so that only a transaction that is valid in itself counts as a double spend attempt.
    if (conflicts.length > 0) {
      throw new RejectionError("TX_DOUBLE_SPEND", `${conflicts.join(", ")} spends the same coin`, conflicts);
    }
    this.mempool.add(transaction);
    return true;
  }

  /**
   * Mines one block on the tip from the mempool. `preferred` go first and win over what they conflict with, as if
   * another miner had found the block; each must be valid on the chain. `now` in Unix seconds.
   */
  mine(now: number, preferred: readonly ChainTransaction[] = []): MiningResult {
    this.#checkPreferred(preferred);
    const selection = this.#select([...preferred, ...this.mempool.transactions()], this.tip.height + 1);
    const block = this.#assemble(this.tip, selection, now);
    return { blocks: [block], change: this.addBlock(block) };
  }

  /**
   * Mines a longer branch that leaves out the last `depth` blocks: one empty block, one with all that was displaced,
   * then empty ones until the branch has more work. `preferred` as for `mine`.
   */
  reorganise(depth: number, now: number, preferred: readonly ChainTransaction[] = []): MiningResult {
    const fork = this.#active[this.#active.length - 1 - depth] as ChainBlock;
    const displaced = this.#displacedSelection(depth, preferred);
    const blocks: ChainBlock[] = [];
    let change = NO_CHANGE;
    for (let parent = fork; change === NO_CHANGE; parent = blocks.at(-1) as ChainBlock) {
      const block = this.#assemble(parent, blocks.length === 1 ? displaced : EMPTY_SELECTION, now);
      blocks.push(block);
      change = this.addBlock(block);
    }
    return { blocks, change };
  }

  /** Takes a block of any branch; the branch with most work becomes the active chain. Throws `RejectionError`. */
  addBlock(block: Block): ChainChange {
    if (this.index.get(block.hash) !== undefined) return NO_CHANGE;
    const parent = this.index.get(block.header.previousHash);
    if (parent === undefined || parent.height + 1 !== block.height) {
      throw new RejectionError("BLOCK_UNKNOWN_PARENT", `block ${block.hash} does not follow a known block`);
    }
    const tree = buildMerkleTree(block.transactions.map(({ txid }) => txid));
    checkHeader(block, tree, this.index.medianTimePast(parent));
    const chainBlock: ChainBlock = { ...block, tree, chainWork: workAfter(parent, block.header.bits) };
    // The first seen of two equal branches stays.
    const change = chainBlock.chainWork > this.tip.chainWork ? this.#activate(chainBlock) : NO_CHANGE;
    this.index.add(chainBlock);
    return change;
  }

  #activate(newTip: ChainBlock): ChainChange {
    const { leaving, joining } = this.index.branches(this.tip, newTip);
    for (const block of leaving.toReversed()) this.#disconnect(block);
    const connected: ChainBlock[] = [];
    try {
      for (const block of joining) {
        checkBlockTransactions(block, this.utxos, this.#contextOn(this.tip), this.params);
        this.#connect(block);
        connected.push(block);
      }
    } catch (error) {
      for (const block of connected.toReversed()) this.#disconnect(block);
      for (const block of leaving) this.#connect(block);
      throw error;
    }
    return { disconnected: leaving, connected: joining, evicted: this.#refillMempool(leaving, joining) };
  }

  /** Displaced transactions come back before the waiting ones, which may depend on them. */
  #refillMempool(leaving: readonly ChainBlock[], joining: readonly ChainBlock[]): EvictedTransaction[] {
    const displaced = leaving.flatMap(({ transactions }) => transactions.slice(1));
    const waiting = [...displaced, ...this.mempool.transactions()].filter(({ txid }) => !this.#mined.has(txid));
    this.mempool.clear();
    const evicted: ChainTransaction[] = [];
    for (const transaction of waiting) {
      if (fitsInto(this.mempool, transaction)) this.mempool.add(transaction);
      else evicted.push(transaction);
    }
    if (evicted.length === 0) return [];
    const minedSpenders = new Map<Outpoint, ChainTransaction>();
    for (const transaction of joining.flatMap(({ transactions }) => transactions)) {
      for (const input of transaction.inputs) minedSpenders.set(spentOutpoint(input), transaction);
    }
    return evicted.map((transaction) => ({
      transaction,
      conflict: transaction.inputs.map((input) => minedSpenders.get(spentOutpoint(input))).find(Boolean) ?? null,
    }));
  }

  #checkPreferred(preferred: readonly ChainTransaction[]): void {
    const overlay = new CoinOverlay(this.utxos);
    for (const transaction of preferred) {
      checkStandalone(transaction, this.params);
      const spent = resolveInputs(transaction, overlay);
      checkSpends(transaction, spent, this.#contextOn(this.tip), this.params);
      checkScripts(transaction, spent);
      overlay.apply(transaction);
    }
  }

  /** What can be mined again once the last `depth` blocks are gone; the chain is as before when this returns. */
  #displacedSelection(depth: number, preferred: readonly ChainTransaction[]): Selection {
    const displaced = this.#active.slice(this.#active.length - depth);
    for (const block of displaced.toReversed()) this.#disconnect(block);
    try {
      this.#checkPreferred(preferred);
      const transactions = displaced.flatMap((block) => block.transactions.slice(1));
      return this.#select([...preferred, ...transactions], this.tip.height + 2);
    } finally {
      for (const block of displaced) this.#connect(block);
    }
  }

  #select(candidates: readonly ChainTransaction[], height: number): Selection {
    const context = { height, medianTimePast: this.index.medianTimePast(this.tip) };
    return selectTransactions(candidates, this.utxos, context, this.params);
  }

  #assemble(parent: ChainBlock, { transactions, fees }: Selection, now: number): ChainBlock {
    return mineBlock({
      parent,
      time: Math.max(now, this.index.medianTimePast(parent) + 1),
      transactions,
      reward: this.params.blockSubsidy + fees,
      rewardScript: this.#rewardScript,
      // Two blocks on one parent must not share a coinbase, so the tag counts blocks.
      coinbaseTag: `/p4-dev/${this.index.size}`,
    });
  }

  #contextOn(parent: ChainBlock): BlockContext {
    return { height: parent.height + 1, medianTimePast: this.index.medianTimePast(parent) };
  }

  #connect(block: ChainBlock): void {
    this.#undo.set(block.hash, this.utxos.connect(block));
    this.#active.push(block);
    block.transactions.forEach(({ txid }, index) => this.#mined.set(txid, { block, index }));
  }

  #disconnect(block: ChainBlock): void {
    this.utxos.disconnect(block, this.#undo.get(block.hash) as BlockUndo);
    this.#active.pop();
    for (const { txid } of block.transactions) this.#mined.delete(txid);
  }
}
