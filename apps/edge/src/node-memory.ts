import { getHeapStatistics } from "node:v8";
import { SendQueues } from "@p4/http";

/** What a channel may always hold, however full the node is: a payment and what belongs to it. */
const leastShareBytes = 262_144;
/** Messages up to this size are taken in any case: none of them fills a node. */
const smallBytes = 16_384;

export interface NodeMemoryOptions {
  /** Null: a quarter of the heap that the process may have. */
  readonly maxHeldBytes: number | null;
  readonly channels: () => { readonly count: number; readonly heldBytes: number };
  /** What waits for slow readers. */
  readonly sendQueues?: SendQueues;
  /** Called at each look that finds it full, with what one channel may hold then. */
  readonly onFull?: (shareBytes: number) => void;
}

/** Of the bound, what queues may take together: peers that do not read must leave room for new channels. */
const sendQueuesPart = 1 / 2;

/**
 * What channels, messages on their way into the log, parts of it on their way to a wallet, and the send queues of slow readers
 * hold of this node's memory, and its bound. At the bound, requests beyond a channel's share are refused; those below it go on as
 * if nothing was.
 */
export class NodeMemory {
  readonly maxHeldBytes: number;
  readonly sendQueues: SendQueues;
  readonly #channels: NodeMemoryOptions["channels"];
  readonly #onFull: (shareBytes: number) => void;
  #inFlightBytes = 0;
  #keptBytes = 0;
  /** Of messages that came through since the last look, which may have become part of a channel. */
  #unseenBytes = 0;
  /** Of the last look: counting each channel for each message would cost more than it saves. */
  #seen = { count: 0, heldBytes: 0 };

  constructor({ maxHeldBytes, channels, sendQueues = new SendQueues(), onFull }: NodeMemoryOptions) {
    this.maxHeldBytes = maxHeldBytes ?? Math.floor(getHeapStatistics().heap_size_limit / 4);
    this.#channels = channels;
    this.#onFull = onFull ?? (() => undefined);
    this.sendQueues = sendQueues;
  }

  get heldBytes(): number {
    const { queuedBytes } = this.sendQueues;
    return this.#seen.heldBytes + this.#inFlightBytes + this.#unseenBytes + this.#keptBytes + queuedBytes;
  }

  /** What waits for peers that were sent away is about to be free. */
  get isFull(): boolean {
    return this.heldBytes - this.sendQueues.endingBytes > this.maxHeldBytes;
  }

  /** What one channel may hold while the node is full. */
  get shareBytes(): number {
    return Math.max(leastShareBytes, this.maxHeldBytes / Math.max(1, this.#seen.count));
  }

  /** Null: the message may come in. Otherwise the rule that it breaks. */
  refusal(messageBytes: number, channel: { readonly heldBytes: number }, inFlightBytes: number): string | null {
    if (messageBytes <= smallBytes) return null;
    const wanted = this.heldBytes + messageBytes;
    if (wanted <= this.maxHeldBytes) return null;
    // Twice the bound is what the process has been given room for: beyond, a share is no argument.
    const isWithinShare = channel.heldBytes + inFlightBytes + messageBytes <= this.shareBytes;
    if (isWithinShare && wanted <= 2 * this.maxHeldBytes) return null;
    return `this node holds ${String(this.maxHeldBytes)} bytes at most, and one channel ${String(Math.floor(this.shareBytes))} while it is full`;
  }

  /** Counts `bytes` until the returned function is called, once. */
  keep(bytes: number): () => void {
    this.#keptBytes += bytes;
    return () => (this.#keptBytes -= bytes);
  }

  /** A message of `messageBytes` is kept until `letThrough`. */
  takeIn(messageBytes: number): void {
    this.#inFlightBytes += messageBytes;
  }

  letThrough(messageBytes: number): void {
    this.#inFlightBytes -= messageBytes;
    this.#unseenBytes += messageBytes;
  }

  /** To be called some times a second. Over the bound the longest send queues go first: their peers lose nothing by it. */
  look(): void {
    this.#seen = this.#channels();
    this.#unseenBytes = 0;
    this.sendQueues.look();
    if (!this.isFull) return;
    const { heldBytes, maxHeldBytes, sendQueues } = this;
    sendQueues.endLargest(heldBytes - sendQueues.endingBytes - maxHeldBytes, maxHeldBytes * sendQueuesPart);
    sendQueues.cutEnding(heldBytes - 2 * maxHeldBytes);
    sendQueues.look();
    if (this.isFull) this.#onFull(this.shareBytes);
  }
}
