import type { Block } from "./block.ts";
import type { CoinView } from "./coin-view.ts";
import { isCoinbase, outpointOf, spentOutpoint, type Coin, type Outpoint } from "./transaction.ts";

/** What a block spent: enough to take the block back. */
export type BlockUndo = readonly (readonly [Outpoint, Coin])[];

/** The unspent outputs of the active chain. */
export class UtxoSet implements CoinView {
  readonly #coins = new Map<Outpoint, Coin>();

  coin(outpoint: Outpoint): Coin | undefined {
    return this.#coins.get(outpoint);
  }

  entries(): IterableIterator<[Outpoint, Coin]> {
    return this.#coins.entries();
  }

  /** Applies a block that has been checked against this set (`checkBlockTransactions`). */
  connect(block: Block): BlockUndo {
    const spent: [Outpoint, Coin][] = [];
    for (const transaction of block.transactions) {
      const coinbase = isCoinbase(transaction);
      if (!coinbase) {
        for (const input of transaction.inputs) {
          const outpoint = spentOutpoint(input);
          spent.push([outpoint, this.#coins.get(outpoint) as Coin]);
          this.#coins.delete(outpoint);
        }
      }
      transaction.outputs.forEach((output, vout) => {
        this.#coins.set(outpointOf(transaction.txid, vout), {
          ...output,
          height: block.height,
          // The genesis allocation is no reward: it needs no maturity.
          isCoinbase: coinbase && block.height > 0,
        });
      });
    }
    return spent;
  }

  /** Takes back the block connected last. */
  disconnect(block: Block, undo: BlockUndo): void {
    // Restore first: a coin that was created and spent inside the block is then removed with its transaction.
    for (const [outpoint, coin] of undo) this.#coins.set(outpoint, coin);
    for (const transaction of block.transactions) {
      transaction.outputs.forEach((_, vout) => this.#coins.delete(outpointOf(transaction.txid, vout)));
    }
  }
}
