import type { Msg } from "@nats-io/transport-node";
import { StoreError } from "@p4/event-store";
import type { Broker } from "./broker.ts";
import { status } from "./broker-errors.ts";

/** A pull ends after this, so that a stopping worker is never far from its end. */
const expiresMs = 1_000;
const graceMs = 2_000;

export interface PullRequest {
  readonly stream: string;
  readonly consumer: string;
  /** Most messages of an answer. */
  readonly batch: number;
}

/**
 * One pull from a durable consumer: hands each message over as it comes. Resolves at the end of the batch or of the
 * time; rejects when the consumer is gone (STORE_MISSING) or the broker is (STORE_UNAVAILABLE).
 */
export function pullMessages(
  broker: Broker,
  { stream, consumer, batch }: PullRequest,
  onMessage: (message: Msg) => void,
): Promise<void> {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`;
  return new Promise((resolve, reject) => {
    broker.assertReady();
    let received = 0;
    const reply = broker.inbox.newSubject();
    // A message of a consumer carries its own subject instead of the reply subject, so it needs a subscription of its
    // own. The shared inbox only watches the time and the connection.
    const guard = broker.inbox.open({
      subject,
      deadlineMs: performance.now() + expiresMs + graceMs,
      onReply: () => false,
      onFailure: (error) => end(error),
    });
    const subscription = broker.nc.subscribe(reply, {
      callback: (error, message) => {
        if (error !== null) return end(error);
        const code = message.headers?.code ?? 0;
        if (code === status.notFound || code === status.requestTimeout) return end();
        if (code !== 0)
          return end(new StoreError("STORE_MISSING", `consumer ${consumer} of ${stream}: status ${code}`));
        received += 1;
        // The client's reader would die of the exception, and with it the connection. The message comes again.
        try {
          onMessage(message);
        } catch (cause) {
          broker.report(cause as Error);
        }
        if (received === batch) end();
      },
    });
    const end = (error?: Error): void => {
      broker.inbox.cancel(guard);
      subscription.unsubscribe();
      if (error === undefined) resolve();
      else reject(error);
    };
    const body = JSON.stringify({ batch, expires: expiresMs * 1_000_000 });
    broker.writes.post({ subject, body, options: { reply } });
  });
}
