import type { HttpResponse as UwsResponse } from "uWebSockets.js";
import type { StreamWriter } from "./http-route.ts";
import type { IncomingRequest } from "./incoming-request.ts";
import type { SendQueue, SendQueues } from "./send-queues.ts";

export interface StreamLimits {
  readonly maxStreamQueuedBytes: number;
  readonly sendQueues: SendQueues | undefined;
}

/** A streamed response: chunks are queued here while the client is slow, and at most `maxStreamQueuedBytes` of them. */
export class ChunkedStream implements StreamWriter, SendQueue {
  readonly #res: UwsResponse;
  readonly #request: IncomingRequest;
  readonly #limits: StreamLimits;
  readonly #onOver: () => void;
  readonly #queue: (string | Uint8Array)[] = [];
  #queuedBytes = 0;
  /** Of the chunk that uWS could not send whole. */
  #unsentBytes = 0;
  #blocked = false;
  #ending = false;
  #over = false;
  #waiters: (() => void)[] = [];

  constructor(res: UwsResponse, request: IncomingRequest, limits: StreamLimits, onOver: () => void) {
    this.#res = res;
    this.#request = request;
    this.#limits = limits;
    this.#onOver = onOver;
    res.onWritable(() => {
      this.#blocked = false;
      this.#flush();
      return true;
    });
  }

  get queuedBytes(): number {
    if (this.#over) return 0;
    return this.#queuedBytes + (this.#blocked ? this.#unsentBytes : 0);
  }

  get isEnding(): boolean {
    return this.#ending;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  /** Runs the route's function; its failure ends the connection, for the head is already on its way. */
  run(stream: (writer: StreamWriter) => void | Promise<void>, onError: (error: unknown) => void): void {
    const fail = (error: unknown): void => {
      onError(error);
      if (!this.#over) this.#res.close();
    };
    try {
      const result = stream(this);
      if (result instanceof Promise) result.then(() => this.end(), fail);
    } catch (error) {
      fail(error);
    }
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.#over || this.#ending || chunk.length === 0) return !this.#blocked;
    if (!this.#blocked) {
      this.#blocked = !this.#writeNow(chunk);
      return !this.#blocked;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += Buffer.byteLength(chunk);
    if (this.#queuedBytes > this.#limits.maxStreamQueuedBytes) this.cut();
    return false;
  }

  drained(): Promise<void> {
    if (this.#over || !this.#blocked) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  end(): void {
    if (this.#over || this.#ending) return;
    this.#ending = true;
    if (!this.#blocked) this.#finish();
  }

  /** Losing part of a stream silently is not an option, nor is keeping it all: break the connection, the client resumes. */
  cut(): void {
    if (!this.#over) this.#res.close();
  }

  markGone(): void {
    this.#over = true;
    this.#queue.length = 0;
    this.#wake();
  }

  #flush(): void {
    let next = 0;
    while (!this.#blocked && next < this.#queue.length)
      this.#blocked = !this.#writeNow(this.#queue[next++] as string | Uint8Array);
    this.#queue.splice(0, next);
    this.#queuedBytes = this.#queue.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
    if (this.#blocked) return;
    if (this.#ending) this.#finish();
    this.#wake();
  }

  #writeNow(chunk: string | Uint8Array): boolean {
    let flowing = true;
    this.#res.cork(() => (flowing = this.#res.write(chunk)));
    if (!flowing) {
      this.#unsentBytes = Buffer.byteLength(chunk);
      this.#limits.sendQueues?.add(this);
    }
    return flowing;
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#res.cork(() => this.#res.end());
    this.#onOver();
    this.#wake();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}
