import { StoreError } from "@p4/event-store";

interface Waiting {
  readonly sequence: number;
  readonly sinceMs: number;
  readonly done: () => void;
}

/** An append is told within this that no copy has its event. */
const confirmWithinMs = 2_000;

/** What one copy is known to have of one stream. */
interface CopyPosition {
  /** Everything up to here; null: the copy was not asked yet. */
  upTo: number | null;
  /** Heard of, while something before it was not. */
  readonly ahead: Set<number>;
}

/** Beyond, the copy is asked anyway. */
const mostAhead = 4_096;

/**
 * Holds events back until a copy at another site has them: the class `sync`. Without sites to confirm it is open; it is shut until
 * they are known.
 *
 * A copy has the sequences of its home, but may have skipped some while its link was cut (seen with nats-server 2.15.1). So
 * what it says of one event counts for those before it only when nothing is missing in between.
 */
export class CopyGate {
  readonly #nowMs: () => number;
  /** Null: not known yet. */
  #sites: readonly string[] | null = null;
  readonly #copies = new Map<string, CopyPosition>();
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** The sites of which one must have an event. */
  get sites(): readonly string[] {
    return this.#sites ?? [];
  }

  get isOpen(): boolean {
    return this.#sites?.length === 0;
  }

  /**
   * Of these sites one must have an event; empty: the gate is open. What other copies had says nothing of these. What waits when
   * it opens passes, unless the home is here no more: then it may be nowhere. Returns whether they are others than before.
   */
  require(sites: readonly string[], isHome = true): boolean {
    if (sites.join() === this.#sites?.join()) return false;
    this.#sites = sites;
    this.#copies.clear();
    if (!isHome) this.#waiting.clear();
    else if (this.isOpen) for (const shard of [...this.#waiting.keys()]) this.#release(shard);
    return true;
  }

  /** A copy has this one. False: one before it was not heard of, so the copy has to be asked. */
  hear(site: string, shard: number, sequence: number): boolean {
    const copy = this.#copyOf(site, shard);
    if (copy.upTo !== null && sequence <= copy.upTo) return true;
    if (copy.ahead.size < mostAhead) copy.ahead.add(sequence);
    return this.#advance(copy, shard);
  }

  /** A copy has all up to this one, as it says when it is asked. */
  confirm(site: string, shard: number, upTo: number): void {
    const copy = this.#copyOf(site, shard);
    if (copy.upTo !== null && upTo <= copy.upTo) return;
    copy.upTo = upTo;
    for (const sequence of copy.ahead) if (sequence <= upTo) copy.ahead.delete(sequence);
    this.#advance(copy, shard);
    this.#release(shard);
  }

  has(shard: number, sequence: number): boolean {
    return this.isOpen || this.sites.some((site) => sequence <= (this.#copies.get(`${site} ${shard}`)?.upTo ?? 0));
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
      if (left?.length === 0) this.#waiting.delete(shard);
    };
  }

  /** Rejects with STORE_NOT_COPIED after two seconds. */
  copied(shard: number, sequence: number, channelId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        giveUp();
        const detail = `${channelId} at ${String(sequence)}; asked: ${this.sites.join(", ")}`;
        reject(new StoreError("STORE_NOT_COPIED", detail));
      }, confirmWithinMs);
      const giveUp = this.whenCopied(shard, sequence, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The shards of which something has waited for at least this long. */
  waitingFor(ms: number): number[] {
    const since = this.#nowMs() - ms;
    return [...this.#waiting].flatMap(([shard, [first]]) =>
      first !== undefined && first.sinceMs <= since ? [shard] : [],
    );
  }

  #copyOf(site: string, shard: number): CopyPosition {
    const key = `${site} ${shard}`;
    let copy = this.#copies.get(key);
    if (copy === undefined) this.#copies.set(key, (copy = { upTo: null, ahead: new Set() }));
    return copy;
  }

  /** Whether nothing is missing before what was heard of. */
  #advance(copy: CopyPosition, shard: number): boolean {
    if (copy.upTo === null) return false;
    const before = copy.upTo;
    while (copy.ahead.delete(copy.upTo + 1)) copy.upTo++;
    if (copy.upTo > before) this.#release(shard);
    return copy.ahead.size === 0;
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
