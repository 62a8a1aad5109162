import type { ChainBlock } from "./block.ts";

const MEDIAN_SPAN = 11;

/** Every block ever seen, on whatever branch, by hash. */
export class BlockIndex {
  readonly #blocks = new Map<string, ChainBlock>();

  get size(): number {
    return this.#blocks.size;
  }

  add(block: ChainBlock): void {
    this.#blocks.set(block.hash, block);
  }

  get(hash: string): ChainBlock | undefined {
    return this.#blocks.get(hash);
  }

  /** Null for genesis. */
  parentOf(block: ChainBlock): ChainBlock | null {
    return this.#blocks.get(block.header.previousHash) ?? null;
  }

  /** Median of the last eleven block times up to `tip`: the next block's time must be above it. */
  medianTimePast(tip: ChainBlock): number {
    const times: number[] = [];
    for (
      let block: ChainBlock | null = tip;
      block !== null && times.length < MEDIAN_SPAN;
      block = this.parentOf(block)
    ) {
      times.push(block.header.time);
    }
    times.sort((a, b) => a - b);
    return times[Math.floor(times.length / 2)] as number;
  }

  /** Blocks from the last common ancestor (exclusive) to `from` and to `to`, each in ascending height. */
  branches(from: ChainBlock, to: ChainBlock): { leaving: ChainBlock[]; joining: ChainBlock[] } {
    const leaving: ChainBlock[] = [];
    const joining: ChainBlock[] = [];
    let a = from;
    let b = to;
    while (a.hash !== b.hash) {
      if (a.height >= b.height) {
        leaving.unshift(a);
        a = this.parentOf(a) as ChainBlock;
      } else {
        joining.unshift(b);
        b = this.parentOf(b) as ChainBlock;
      }
    }
    return { leaving, joining };
  }
}
