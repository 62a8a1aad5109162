import type { Msg, NatsConnection, Subscription } from "@nats-io/transport-node";
import type { Outbox } from "./outbox.ts";

interface SubscribeOptions {
  readonly nc: NatsConnection;
  readonly outbox: Pick<Outbox, "post">;
  /** Hears what the listener throws, and why a subscription could not be made. */
  readonly report: (error: Error) => void;
}

/**
 * Subscribes with this turn of the event loop, ahead of what is published behind it. After `unsubscribe` the listener hears
 * nothing. Without a connection the client keeps the subscription for the next one.
 */
export function subscribe(
  { nc, outbox, report }: SubscribeOptions,
  subject: string,
  listener: (message: Msg) => void,
): { unsubscribe(): void } {
  let subscription: Subscription | null = null;
  let isOver = false;
  // The client's reader would die of an exception, and with it every other subscription.
  const orReport = (step: () => unknown): void => {
    try {
      step();
    } catch (error) {
      report(error as Error);
    }
  };
  const callback = (error: Error | null, message: Msg): void => {
    if (error === null && !isOver) orReport(() => listener(message));
  };
  outbox.post(() => {
    if (!isOver && !nc.isClosed()) orReport(() => (subscription = nc.subscribe(subject, { callback })));
  });
  return {
    unsubscribe: () => {
      isOver = true;
      outbox.post(() => orReport(() => subscription?.unsubscribe()));
    },
  };
}
