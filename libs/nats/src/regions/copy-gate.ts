import { StoreError } from "@p4/event-store";

interface Waiting {
  readonly sequence: number;
  readonly sinceMs: number;
  readonly done: () => void;
}

/** An append is told within this that no copy has its event. */
const confirmWithinMs = 2_000;

/**
 * Holds events back until a copy at another site has them: the class `sync`. Without sites to confirm it is open.
 *
 * A copy has a stream's messages in the order and with the sequences of its home, so the highest one heard tells of all
 * before it.
 */
export class CopyGate {
  readonly #nowMs: () => number;
  #sites: readonly string[] = [];
  readonly #positions = new Map<number, number>();
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** The sites of which one must have an event; empty: the gate is open. */
  get sites(): readonly string[] {
    return this.#sites;
  }

  get isOpen(): boolean {
    return this.#sites.length === 0;
  }

  /** What other copies had says nothing of these. Returns whether they are others than before. */
  require(sites: readonly string[]): boolean {
    if (sites.join() === this.#sites.join()) return false;
    this.#sites = sites;
    this.#positions.clear();
    if (this.isOpen) for (const shard of [...this.#waiting.keys()]) this.#release(shard);
    return true;
  }

  /** A copy has all up to this sequence. */
  hear(shard: number, sequence: number): void {
    if (sequence <= (this.#positions.get(shard) ?? 0)) return;
    this.#positions.set(shard, sequence);
    this.#release(shard);
  }

  has(shard: number, sequence: number): boolean {
    return this.isOpen || sequence <= (this.#positions.get(shard) ?? 0);
  }

  /** Calls back at once, or when a copy has it, in the order of the calls. Returns the function that gives up waiting. */
  whenCopied(shard: number, sequence: number, done: () => void): () => void {
    if (this.has(shard, sequence)) {
      done();
      return () => undefined;
    }
    const waiting = { sequence, sinceMs: this.#nowMs(), done };
    const list = this.#waiting.get(shard);
    if (list === undefined) this.#waiting.set(shard, [waiting]);
    else list.push(waiting);
    return () => {
      const left = this.#waiting.get(shard);
      const at = left?.indexOf(waiting) ?? -1;
      if (at !== -1) left?.splice(at, 1);
    };
  }

  /** Rejects with STORE_NOT_COPIED after two seconds. */
  copied(shard: number, sequence: number, channelId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        giveUp();
        const detail = `${channelId} at ${String(sequence)}; asked: ${this.#sites.join(", ")}`;
        reject(new StoreError("STORE_NOT_COPIED", detail));
      }, confirmWithinMs);
      const giveUp = this.whenCopied(shard, sequence, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The shards of which something has waited for so long. */
  waitingFor(ms: number): number[] {
    const since = this.#nowMs() - ms;
    return [...this.#waiting].flatMap(([shard, [first]]) =>
      first !== undefined && first.sinceMs <= since ? [shard] : [],
    );
  }

  #release(shard: number): void {
    const list = this.#waiting.get(shard);
    if (list === undefined) return;
    const left = list.filter(({ sequence }) => !this.has(shard, sequence));
    const free = list.filter(({ sequence }) => this.has(shard, sequence));
    if (left.length === 0) this.#waiting.delete(shard);
    else this.#waiting.set(shard, left);
    for (const { done } of free) done();
  }
}
