import type { HttpResponse as UwsResponse } from "uWebSockets.js";
import type { SendQueue, SendQueues } from "./send-queues.ts";

/** So long a client may take for an answer. uWS alone ends only those that take nothing for some ten seconds. */
const readingMs = 60_000;

/**
 * The rest of an answer that its client takes slowly. uWS would keep a copy of it for each client; this one is sent piece by
 * piece out of the answer's own bytes.
 */
export class UnsentBody implements SendQueue {
  readonly #res: UwsResponse;
  readonly #bytes: Uint8Array;
  readonly #timer: NodeJS.Timeout;
  #sent: number;
  #over = false;

  /** What of `bytes` was not sent yet. `onSent` is called when all of it is. */
  constructor(res: UwsResponse, bytes: Uint8Array, onSent: () => void, queues: SendQueues | undefined) {
    this.#res = res;
    this.#bytes = bytes;
    this.#sent = res.getWriteOffset();
    this.#timer = setTimeout(() => this.cut(), readingMs).unref();
    queues?.add(this);
    res.onWritable((offset) => {
      const [flowing, done] = res.tryEnd(bytes.subarray(offset), bytes.length);
      this.#sent = done ? bytes.length : res.getWriteOffset();
      if (done) {
        this.markGone();
        onSent();
      }
      return flowing;
    });
  }

  get queuedBytes(): number {
    return this.#over ? 0 : this.#bytes.length - this.#sent;
  }

  /** It ends with its last byte. */
  readonly isEnding = true;

  end(): void {
    // Nothing more is sent in any case.
  }

  cut(): void {
    if (!this.#over) this.#res.close();
  }

  markGone(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
