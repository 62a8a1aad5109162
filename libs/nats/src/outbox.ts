import type { PublishOptions } from "@nats-io/transport-node";

/** One message on its way to the broker. */
export interface Outgoing {
  readonly subject: string;
  readonly body: string | Uint8Array;
  readonly options: PublishOptions;
}

/**
 * Collects what is published during one turn of the event loop, so that it leaves in one write. The client itself
 * flushes after each callback: a node that serves many sockets would make a system call for each of their frames.
 */
export class Outbox {
  readonly #send: (message: Outgoing) => void;
  #waiting: Outgoing[] = [];

  constructor(send: (message: Outgoing) => void) {
    this.#send = send;
  }

  post(message: Outgoing): void {
    if (this.#waiting.push(message) === 1) setImmediate(() => this.flush());
  }

  /** Hands everything to the client, in the order in which it was posted. */
  flush(): void {
    const messages = this.#waiting;
    this.#waiting = [];
    for (const message of messages) this.#send(message);
  }
}
