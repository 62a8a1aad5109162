import { isDelivered, type Attempt, type Delivery, type Webhook } from "./webhook.ts";
import type { WebhookEvent, WebhookSource } from "./webhook-source.ts";
import type { WebhookRepository } from "./webhook-repository.ts";

export interface DeliveryAttempt {
  readonly delivery: Delivery;
  readonly attempt: Attempt;
}

/** The last attempts of one thread, or of all, in no order. */
export async function attemptsOf(
  webhooks: WebhookRepository,
  webhookId: string,
  thread?: string,
): Promise<DeliveryAttempt[]> {
  const found = new Map<string, Delivery>();
  if (thread !== undefined) found.set(thread, await webhooks.delivery(webhookId, thread));
  else for await (const delivery of webhooks.deliveries(webhookId)) found.set(delivery.thread, delivery);
  return [...found.values()].flatMap((delivery) => delivery.attempts.map((attempt) => ({ delivery, attempt })));
}

/** Without its secrets. */
export function webhookView({ id, url, events, createdAtMs }: Webhook) {
  return { id, url, events, createdAt: new Date(createdAtMs).toISOString() };
}

export function outcomeOf(attempt: Attempt) {
  const { status, answer, error, tookMs } = attempt;
  return { delivered: isDelivered(attempt), status, answer, error, tookMs };
}

/** Attempts with the events that they told of, for people. Rejects with a StoreError. */
export async function attemptViews(source: WebhookSource, attempts: readonly DeliveryAttempt[]) {
  const threads = new Map<string, ReadonlyMap<number, WebhookEvent>>();
  for (const { delivery } of attempts) {
    if (threads.has(delivery.thread)) continue;
    const events = new Map<number, WebhookEvent>();
    for await (const event of source.events(delivery.thread, 0)) events.set(event.sequence, event);
    threads.set(delivery.thread, events);
  }
  return attempts.map((one) => viewOf(one, threads.get(one.delivery.thread)?.get(one.attempt.sequence) ?? null));
}

/** `event`: null when it is not kept any more. */
function viewOf({ delivery, attempt }: DeliveryAttempt, event: WebhookEvent | null) {
  const { thread, done, failures, nextAttemptAtMs } = delivery;
  const isWaiting = attempt.sequence > done && attempt.attempt === failures;
  return {
    event: `${thread}.${attempt.sequence}`,
    type: event?.type ?? null,
    // 0: an operator has asked for it.
    attempt: attempt.attempt,
    at: new Date(attempt.atMs).toISOString(),
    ...outcomeOf(attempt),
    nextAttemptAt: isWaiting ? new Date(nextAttemptAtMs).toISOString() : null,
    body: event?.body ?? null,
  };
}
