import { deferred, SubscriptionImpl, type Msg, type NatsConnection, type Subscription } from "@nats-io/transport-node";
import type { WriteCoalescer } from "./write-coalescer.ts";

interface SubscribeOptions {
  readonly nc: NatsConnection;
  readonly writes: Pick<WriteCoalescer, "post">;
  /** Hears what the listener throws, and why a subscription could not be made. */
  readonly report: (error: Error) => void;
}

/**
 * Subscribes with this turn of the event loop, ahead of what is published behind it. After `unsubscribe` the listener hears
 * nothing. Without a connection the client keeps the subscription for the next one.
 */
export function subscribe(
  options: SubscribeOptions,
  subject: string,
  listener: (message: Msg) => void,
): { unsubscribe(): void } {
  return new PostedSubscription(options, subject, listener);
}

/** A node has one for each of its channels: a class, since closures would take several times its memory. */
class PostedSubscription {
  readonly #options: SubscribeOptions;
  readonly #listener: (message: Msg) => void;
  #subscription: Subscription | null = null;
  #isOver = false;

  constructor(options: SubscribeOptions, subject: string, listener: (message: Msg) => void) {
    this.#options = options;
    this.#listener = listener;
    options.writes.post(() => this.#start(subject));
  }

  unsubscribe(): void {
    this.#isOver = true;
    this.#options.writes.post(() => this.#stop());
  }

  #start(subject: string): void {
    const { nc, report } = this.#options;
    if (this.#isOver || nc.isClosed()) return;
    try {
      this.#subscription = lighten(
        nc.subscribe(subject, { callback: (error, message) => this.#onMessage(error, message) }),
      );
    } catch (error) {
      report(error as Error);
    }
  }

  #onMessage(error: Error | null, message: Msg): void {
    if (error !== null || this.#isOver) return;
    // The client's reader would die of an exception, and with it every other subscription.
    try {
      this.#listener(message);
    } catch (cause) {
      this.#options.report(cause as Error);
    }
  }

  #stop(): void {
    try {
      this.#subscription?.unsubscribe();
    } catch (error) {
      this.#options.report(error as Error);
    }
  }
}

/** What tells of a subscription that nobody waits for. */
const [untold, unasked] = [deferred<void | Error>(), deferred<void>()];

/** The client makes three promises of its own for each subscription: with their functions, two thirds of its memory. */
function lighten(subscription: Subscription): Subscription {
  if (subscription instanceof SubscriptionImpl) {
    subscription.signal = unasked;
    subscription.iterClosed = untold;
    subscription.closed = untold;
  }
  return subscription;
}
