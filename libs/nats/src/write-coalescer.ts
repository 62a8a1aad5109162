import type { NatsConnection, PublishOptions } from "@nats-io/transport-node";
import { StoreError } from "@p4/event-store";

/** One message on its way to the broker. */
export interface Outgoing {
  readonly subject: string;
  readonly body: string | Uint8Array;
  readonly options?: PublishOptions;
}

/** Anything else that has to go to the broker between two messages. Must not throw. */
export type Step = () => void;

interface WriteCoalescerOptions {
  readonly nc: Pick<NatsConnection, "publish" | "isClosed">;
  /** While it is false the messages are dropped: their questions have failed, and the client would keep them for later. */
  readonly isConnected: () => boolean;
  /** The client does not send this message. Must not throw. */
  readonly onRefused: (message: Outgoing, error: StoreError) => void;
}

/**
 * Collects what is sent during one turn of the event loop, so that it leaves in one write. The client itself flushes
 * after each callback: a node that serves many sockets would make a system call for each of their frames and joins.
 */
export class WriteCoalescer {
  readonly #options: WriteCoalescerOptions;
  #waiting: (Outgoing | Step)[] = [];

  constructor(options: WriteCoalescerOptions) {
    this.#options = options;
  }

  post(item: Outgoing | Step): void {
    if (this.#waiting.push(item) === 1) setImmediate(() => this.flush());
  }

  /** Hands everything to the client, in the order in which it was posted. */
  flush(): void {
    const { nc, isConnected, onRefused } = this.#options;
    const items = this.#waiting;
    this.#waiting = [];
    for (const item of items) {
      if (typeof item === "function") {
        item();
        continue;
      }
      if (!isConnected() || nc.isClosed()) continue;
      try {
        nc.publish(item.subject, item.body, item.options);
      } catch (cause) {
        onRefused(item, new StoreError("STORE_UNAVAILABLE", `cannot publish on ${item.subject}`, { cause }));
      }
    }
  }
}
