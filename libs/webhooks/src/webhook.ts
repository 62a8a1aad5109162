import { randomId } from "@p4/node-crypto";

/** Where events are told, as stored. */
export interface Webhook {
  readonly version: 1;
  readonly id: string;
  readonly url: string;
  /** Types. */
  readonly events: readonly string[];
  /** The newest first, one or two; each signs. */
  readonly secrets: readonly string[];
  readonly createdAtMs: number;
  readonly deletedAtMs: number | null;
}

export function newWebhookSecret(): string {
  return `whsec_${randomId(32)}`;
}

/** A new secret beside the one before it; the one before that is over. */
export function rotateWebhook(webhook: Webhook, secret: string): Webhook {
  return { ...webhook, secrets: [secret, ...webhook.secrets.slice(0, 1)] };
}

/** One try to deliver one event, and what was answered. */
export interface Attempt {
  readonly sequence: number;
  readonly attempt: number;
  readonly atMs: number;
  readonly tookMs: number;
  /** Null: there was no answer, for the reason that `error` tells. */
  readonly status: number | null;
  /** The first characters of the answer. */
  readonly answer: string;
  readonly error: string | null;
}

/** How far one webhook has come with one thread, as stored. Its key names both. */
export interface StoredDelivery {
  readonly version: 1;
  /** The last event that was delivered or given up. */
  readonly done: number;
  /** Of the next one; 0: it was not tried yet. */
  readonly failures: number;
  readonly failingSinceMs: number | null;
  readonly nextAttemptAtMs: number;
  readonly attempts: readonly Attempt[];
}

export interface Delivery extends StoredDelivery {
  readonly thread: string;
}

const firstDelayMs = 1_000;
const maxDelayMs = 3_600_000;
/** How long an event is tried before the next one of its thread gets its turn. */
export const patienceMs = 3 * 86_400_000;
const maxAttempts = 20;

/** `done`: events up to this one are none of the webhook's business. */
export function newDelivery(thread: string, done = 0): Delivery {
  return { version: 1, thread, done, failures: 0, failingSinceMs: null, nextAttemptAtMs: 0, attempts: [] };
}

export function isDelivered({ status }: Pick<Attempt, "status">): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** 1 s, 2 s, 4 s, ... at most an hour apart. */
export function retryDelayMs(failures: number): number {
  return Math.min(firstDelayMs * 2 ** Math.min(failures - 1, 30), maxDelayMs);
}

/** Takes an attempt down: the event is done when it was delivered, or was tried for three days. */
export function recordAttempt(delivery: Delivery, attempt: Attempt): Delivery {
  const attempts = [...delivery.attempts, attempt].slice(-maxAttempts);
  const done = { ...delivery, attempts, done: attempt.sequence, failures: 0, failingSinceMs: null, nextAttemptAtMs: 0 };
  if (isDelivered(attempt)) return done;
  const failingSinceMs = delivery.failingSinceMs ?? attempt.atMs;
  if (attempt.atMs - failingSinceMs >= patienceMs) return done;
  const failures = delivery.failures + 1;
  const nextAttemptAtMs = attempt.atMs + attempt.tookMs + retryDelayMs(failures);
  return { ...delivery, attempts, failures, failingSinceMs, nextAttemptAtMs };
}

/** One that an operator has asked for: it is in the list, and changes nothing else. */
export function recordRedelivery(delivery: Delivery, attempt: Attempt): Delivery {
  return { ...delivery, attempts: [...delivery.attempts, attempt].slice(-maxAttempts) };
}
