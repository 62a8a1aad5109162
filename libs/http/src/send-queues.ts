/** What waits for one slow reader: the queue of a WebSocket or of a streamed response. */
export interface SendQueue {
  /** Bytes that the peer has not taken yet. */
  readonly queuedBytes: number;
  /** True: the peer is told to go, behind what waits for it. */
  readonly isEnding: boolean;
  /** Sends the peer away: a reader that goes on reading loses nothing. */
  end(): void;
  /** Ends the connection at once, with what waits for it. */
  cut(): void;
}

/** A queue of this size stays, however full the node is: an honest peer has as much waiting for a moment. */
const leastShareBytes = 16_384;

/**
 * The send queues of one server that hold something, so that their sum can be bounded. Peers that read as fast as they are
 * written to are never in here, so a look at all of it is cheap.
 */
export class SendQueues {
  readonly #waiting = new Set<SendQueue>();
  #queuedBytes = 0;
  #endingBytes = 0;

  /** To be called whenever something waits in the queue; it is forgotten once it is found empty. */
  add(queue: SendQueue): void {
    this.#waiting.add(queue);
  }

  /** All that waits, as of the last look. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Of that, what waits for peers that have been sent away. */
  get endingBytes(): number {
    return this.#endingBytes;
  }

  /** Measures all queues. To be called some times a second. */
  look(): void {
    this.#queuedBytes = 0;
    this.#endingBytes = 0;
    for (const queue of this.#waiting) {
      const { queuedBytes } = queue;
      if (queuedBytes === 0) this.#waiting.delete(queue);
      this.#queuedBytes += queuedBytes;
      if (queue.isEnding) this.#endingBytes += queuedBytes;
    }
  }

  /** Sends peers away, the longest queue first, until `bytes` are on their way out or no queue is above its share of `maxBytes`. */
  endLargest(bytes: number, maxBytes: number): void {
    const staying = [...this.#waiting].filter((queue) => !queue.isEnding);
    const shareBytes = Math.max(leastShareBytes, maxBytes / staying.length);
    takeLargest(staying, bytes, shareBytes, (queue) => queue.end());
  }

  /** Cuts off peers that were sent away and take their time, until `bytes` are free. */
  cutEnding(bytes: number): void {
    const ending = [...this.#waiting].filter((queue) => queue.isEnding);
    takeLargest(ending, bytes, 0, (queue) => queue.cut());
  }
}

function takeLargest(
  queues: readonly SendQueue[],
  bytes: number,
  aboveBytes: number,
  take: (queue: SendQueue) => void,
): void {
  const sized = queues.map((queue) => ({ queue, size: queue.queuedBytes })).sort((a, b) => b.size - a.size);
  let left = bytes;
  for (const { queue, size } of sized) {
    if (left <= 0 || size <= aboveBytes) return;
    take(queue);
    left -= size;
  }
}
