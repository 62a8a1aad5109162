import { getHeapStatistics } from "node:v8";

/** What a channel may always hold, however full the node is: a payment and what belongs to it. */
const leastShareBytes = 262_144;
/** Messages up to this size are taken in any case: none of them fills a node. */
const smallBytes = 16_384;

export interface NodeMemoryOptions {
  /** Null: a quarter of the heap that the process may have. */
  readonly maxHeldBytes: number | null;
  readonly channels: () => { readonly count: number; readonly heldBytes: number };
}

/**
 * What channels, messages on their way into the log, and parts of it on their way to a wallet, hold of this node's memory, and its bound. At the bound whoever has
 * more than his share is refused; those below it go on as if nothing was.
 */
export class NodeMemory {
  readonly maxHeldBytes: number;
  readonly #channels: NodeMemoryOptions["channels"];
  #inFlightBytes = 0;
  #keptBytes = 0;
  /** Of messages that came through since the last look, which may have become part of a channel. */
  #unseenBytes = 0;
  /** Of the last look: counting each channel for each message would cost more than it saves. */
  #seen = { count: 0, heldBytes: 0 };

  constructor({ maxHeldBytes, channels }: NodeMemoryOptions) {
    this.maxHeldBytes = maxHeldBytes ?? Math.floor(getHeapStatistics().heap_size_limit / 4);
    this.#channels = channels;
  }

  get heldBytes(): number {
    return this.#seen.heldBytes + this.#inFlightBytes + this.#unseenBytes + this.#keptBytes;
  }

  get isFull(): boolean {
    return this.heldBytes > this.maxHeldBytes;
  }

  /** What one channel may hold while the node is full. */
  get shareBytes(): number {
    return Math.max(leastShareBytes, this.maxHeldBytes / Math.max(1, this.#seen.count));
  }

  /** Null: the message may come in. Otherwise the rule that it breaks. */
  refusal(
    messageBytes: number,
    { heldBytes, inFlightBytes }: { heldBytes: number; inFlightBytes: number },
  ): string | null {
    const wanted = this.heldBytes + messageBytes;
    if (messageBytes <= smallBytes || wanted <= this.maxHeldBytes) return null;
    // Twice the bound is what the process has been given room for: beyond, a share is no argument.
    const isWithinShare = heldBytes + inFlightBytes + messageBytes <= this.shareBytes;
    if (isWithinShare && wanted <= 2 * this.maxHeldBytes) return null;
    return `this node holds ${String(this.maxHeldBytes)} bytes at most, and one channel ${String(Math.floor(this.shareBytes))} while it is full`;
  }

  /** Counts so many bytes until the returned function is called, once. */
  keep(bytes: number): () => void {
    this.#keptBytes += bytes;
    return () => (this.#keptBytes -= bytes);
  }

  /** A message of so many bytes is kept until the promise settles. */
  async during<T>(messageBytes: number, work: Promise<T>): Promise<T> {
    this.#inFlightBytes += messageBytes;
    try {
      return await work;
    } finally {
      this.#inFlightBytes -= messageBytes;
      this.#unseenBytes += messageBytes;
    }
  }

  /** To be called some times a second. */
  look(): void {
    this.#seen = this.#channels();
    this.#unseenBytes = 0;
  }
}
