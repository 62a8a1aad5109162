import { outpointOf, spentOutpoint, type ChainTransaction, type Coin, type Outpoint } from "./transaction.ts";

/** Anything that knows which outputs are unspent. */
export interface CoinView {
  coin(outpoint: Outpoint): Coin | undefined;
}

/** Coins of a base view plus the effect of transactions that are not in it: a block being built, or the mempool. */
export class CoinOverlay implements CoinView {
  readonly #base: CoinView;
  readonly #created = new Map<Outpoint, Coin>();
  readonly #spent = new Set<Outpoint>();

  constructor(base: CoinView) {
    this.#base = base;
  }

  coin(outpoint: Outpoint): Coin | undefined {
    if (this.#spent.has(outpoint)) return undefined;
    return this.#created.get(outpoint) ?? this.#base.coin(outpoint);
  }

  apply(transaction: ChainTransaction): void {
    for (const input of transaction.inputs) this.#spent.add(spentOutpoint(input));
    transaction.outputs.forEach((output, vout) => {
      this.#created.set(outpointOf(transaction.txid, vout), { ...output, height: null, isCoinbase: false });
    });
  }
}
