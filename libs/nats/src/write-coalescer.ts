import type { PublishOptions } from "@nats-io/transport-node";

/** One message on its way to the broker. */
export interface Outgoing {
  readonly subject: string;
  readonly body: string | Uint8Array;
  readonly options: PublishOptions;
}

/** Anything else that has to go to the broker between two messages. Must not throw. */
export type Step = () => void;

/**
 * Collects what is sent during one turn of the event loop, so that it leaves in one write. The client itself flushes
 * after each callback: a node that serves many sockets would make a system call for each of their frames and joins.
 */
export class WriteCoalescer {
  readonly #send: (message: Outgoing) => void;
  #waiting: (Outgoing | Step)[] = [];

  constructor(send: (message: Outgoing) => void) {
    this.#send = send;
  }

  post(item: Outgoing | Step): void {
    if (this.#waiting.push(item) === 1) setImmediate(() => this.flush());
  }

  /** Hands everything to the client, in the order in which it was posted. */
  flush(): void {
    const items = this.#waiting;
    this.#waiting = [];
    for (const item of items) {
      if (typeof item === "function") item();
      else this.#send(item);
    }
  }
}
