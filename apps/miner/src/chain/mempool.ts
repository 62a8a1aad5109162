import type { CoinView } from "./coin-view.ts";
import { spentOutpoint, type ChainTransaction, type Coin, type Outpoint } from "./transaction.ts";

/** Accepted transactions that wait for a block, parents before children, and the coins they create and spend. */
export class Mempool implements CoinView {
  readonly #utxos: CoinView;
  readonly #transactions = new Map<string, ChainTransaction>();
  readonly #spenders = new Map<Outpoint, string>();

  constructor(utxos: CoinView) {
    this.#utxos = utxos;
  }

  get size(): number {
    return this.#transactions.size;
  }

  get(txid: string): ChainTransaction | undefined {
    return this.#transactions.get(txid);
  }

  transactions(): ChainTransaction[] {
    return [...this.#transactions.values()];
  }

  /** A coin of the chain or of the mempool, whether or not a transaction in the mempool already spends it. */
  coin(outpoint: Outpoint): Coin | undefined {
    const confirmed = this.#utxos.coin(outpoint);
    if (confirmed !== undefined) return confirmed;
    const separator = outpoint.indexOf(":");
    const output = this.#transactions.get(outpoint.slice(0, separator))?.outputs[Number(outpoint.slice(separator + 1))];
    return output && { ...output, height: null, isCoinbase: false };
  }

  spenderOf(outpoint: Outpoint): string | undefined {
    return this.#spenders.get(outpoint);
  }

  /** Ids of the transactions that spend an output this one spends too: each is a double spend. */
  conflictsWith(transaction: ChainTransaction): string[] {
    const conflicts = new Set<string>();
    for (const input of transaction.inputs) {
      const spender = this.#spenders.get(spentOutpoint(input));
      if (spender !== undefined) conflicts.add(spender);
    }
    return [...conflicts];
  }

  add(transaction: ChainTransaction): void {
    this.#transactions.set(transaction.txid, transaction);
    for (const input of transaction.inputs) this.#spenders.set(spentOutpoint(input), transaction.txid);
  }

  clear(): void {
    this.#transactions.clear();
    this.#spenders.clear();
  }
}

/** True when every coin exists and is unspent in the mempool. */
export function fitsInto(mempool: Mempool, transaction: ChainTransaction): boolean {
  return (
    mempool.conflictsWith(transaction).length === 0 &&
    transaction.inputs.every((input) => mempool.coin(spentOutpoint(input)) !== undefined)
  );
}
