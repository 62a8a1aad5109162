import { Blockchain, type MiningResult } from "../chain/blockchain.ts";
import type { ChainParams } from "../chain/chain-params.ts";
import { isRejection } from "../chain/rejection.ts";
import type { ChainTransaction } from "../chain/transaction.ts";
import { arcCallbackOf } from "./arc-callback.ts";
import type { BlockStore } from "./block-file.ts";
import type { CallbackSender } from "./callback-sender.ts";
import type { EnvelopeSigner } from "./envelope-signer.ts";
import { mapiCallbackOf } from "./mapi-callback.ts";
import { noticesOf, type Notice } from "./notice.ts";
import { Subscriptions, type Subscription } from "./subscription.ts";
import { TransactionHistory, type TransactionStatus } from "./transaction-status.ts";

export interface MinerNodeOptions {
  readonly params: ChainParams;
  readonly rewardScript: Uint8Array;
  readonly signer: EnvelopeSigner;
  readonly callbacks: CallbackSender;
  /** A block is mined this long after the first transaction came in. */
  readonly blockIntervalMs: number;
  readonly log: (message: string) => void;
}

/** The chain with its surroundings: clock, storage, subscriptions, and the timer that finds blocks. */
export class MinerNode {
  readonly chain: Blockchain;
  readonly signer: EnvelopeSigner;
  readonly #options: MinerNodeOptions;
  readonly #subscriptions = new Subscriptions();
  readonly #history = new TransactionHistory();
  #store: BlockStore | null = null;
  #blockTimer: NodeJS.Timeout | null = null;

  constructor(options: MinerNodeOptions) {
    this.#options = options;
    this.chain = new Blockchain(options.params, options.rewardScript);
    this.signer = options.signer;
  }

  /** Blocks mined from now on go to the store. What it held has been given to `chain.addBlock` before. */
  useStore(store: BlockStore): void {
    this.#store = store;
  }

  /** Returns false for a transaction that is known already; the subscription counts in any case. Throws `RejectionError`. */
  submit(transaction: ChainTransaction, subscription: Subscription | null): boolean {
    const isNew = this.#accept(transaction);
    if (subscription !== null) this.#subscribe(transaction.txid, subscription);
    if (this.chain.mempool.size > 0) this.#scheduleBlock();
    return isNew;
  }

  statusOf(txid: string): TransactionStatus {
    return this.#history.statusOf(txid, this.chain);
  }

  /** Mines `count` blocks now. For `preferred` see `Blockchain.mine`. */
  mine(count = 1, preferred: readonly ChainTransaction[] = []): MiningResult[] {
    return Array.from({ length: count }, (_, i) =>
      this.#record(this.chain.mine(nowSeconds(), i === 0 ? preferred : [])),
    );
  }

  reorganise(depth: number, preferred: readonly ChainTransaction[] = []): MiningResult {
    return this.#record(this.chain.reorganise(depth, nowSeconds(), preferred));
  }

  async close(): Promise<void> {
    if (this.#blockTimer !== null) clearTimeout(this.#blockTimer);
    await this.#options.callbacks.close();
    this.#store?.close();
  }

  #accept(transaction: ChainTransaction): boolean {
    try {
      return this.chain.submit(transaction);
    } catch (error) {
      if (isRejection(error)) this.#noteAttempt(transaction, error.conflictingTxids);
      throw error;
    }
  }

  #noteAttempt(conflict: ChainTransaction, attackedTxids: readonly string[]): void {
    for (const txid of attackedTxids) {
      this.#history.recordCompetitors(txid, [conflict.txid]);
      this.#notify({ kind: "doubleSpendAttempt", txid, conflict });
    }
  }

  /** Tells the new subscriber where the transaction stands: one that comes after the block still gets the proof. */
  #subscribe(txid: string, subscription: Subscription): void {
    this.#subscriptions.add(txid, subscription);
    const position = this.chain.minedPosition(txid);
    this.#send(position === undefined ? { kind: "seen", txid } : { kind: "mined", txid, position }, subscription);
  }

  #scheduleBlock(): void {
    this.#blockTimer ??= setTimeout(() => {
      this.#blockTimer = null;
      if (this.chain.mempool.size > 0) this.mine();
    }, this.#options.blockIntervalMs);
  }

  #record(result: MiningResult): MiningResult {
    for (const block of result.blocks) this.#store?.append(block);
    for (const { transaction, conflict } of result.change.evicted) {
      this.#history.recordCompetitors(transaction.txid, conflict === null ? [] : [conflict.txid]);
    }
    for (const notice of noticesOf(result.change)) this.#notify(notice);
    const { height, hash, transactions } = this.chain.tip;
    this.#options.log(`block ${height} ${hash}: ${transactions.length} transactions`);
    return result;
  }

  #notify(notice: Notice): void {
    for (const subscription of this.#subscriptions.of(notice.txid)) this.#send(notice, subscription);
  }

  #send(notice: Notice, subscription: Subscription): void {
    const callback =
      subscription.dialect === "arc"
        ? arcCallbackOf(notice, subscription, new Date())
        : mapiCallbackOf(notice, subscription, this.signer, new Date());
    if (callback !== null) this.#options.callbacks.send(callback);
  }
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
