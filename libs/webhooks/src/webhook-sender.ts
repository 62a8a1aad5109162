import type { Logger } from "@p4/telemetry";
import { signWebhook } from "@p4/node-crypto";
import { postWebhook } from "./post-webhook.ts";
import type { TargetPolicy } from "./target-policy.ts";
import { recordAttempt, recordRedelivery, type Attempt, type Delivery, type Webhook } from "./webhook.ts";
import type { WebhookRepository } from "./webhook-repository.ts";
import { findEvent, type WebhookEvent, type WebhookSource } from "./webhook-source.ts";

export interface WebhookSenderOptions {
  readonly source: WebhookSource;
  readonly webhooks: WebhookRepository;
  readonly policy: TargetPolicy;
  readonly userAgent: string;
  readonly now: () => number;
  readonly logger: Pick<Logger, "warn">;
  readonly signal: AbortSignal;
}

/** Of one webhook: threads that are told at the same time. */
const concurrency = 8;
/** After a failure of the store. */
const troubledMs = 2_000;
const maxTimerMs = 60_000;

/** What is new of a thread: all after this sequence. Null: its delivery, which is stored, knows. */
type After = number | null;

interface Lane {
  webhook: Webhook;
  /** Threads that may have something to tell. */
  readonly ready: Map<string, After>;
  readonly busy: Map<string, After>;
  /** Those that are tried again, and when. */
  readonly waiting: Map<string, { readonly after: After; readonly atMs: number }>;
  /** Those whose next event was refused or not answered, and since when, also while it is tried again. */
  readonly failing: Map<string, number>;
}

/** Threads of one webhook whose next event fails. */
export interface FailingWebhook {
  readonly webhookId: string;
  readonly threads: number;
  /** The first failure of the one that has failed for the longest. */
  readonly sinceMs: number;
}

/**
 * Delivers each thread's events to each webhook: at least once, one after the other for one thread, each thread for itself.
 * The events are in their source, how far each webhook has come in its deliveries: what a crash cuts short is sent again.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** A new webhook, or a changed one: its next delivery is to it. */
  use(webhook: Webhook): void {
    const lane = this.#lanes.get(webhook.id);
    if (webhook.deletedAtMs !== null) this.#lanes.delete(webhook.id);
    else if (lane !== undefined) lane.webhook = webhook;
    else
      this.#lanes.set(webhook.id, {
        webhook,
        ready: new Map(),
        busy: new Map(),
        waiting: new Map(),
        failing: new Map(),
      });
  }

  /** Takes up what the last run has left of one webhook, each thread when its next attempt is due. */
  resume(
    webhookId: string,
    left: Iterable<Pick<Delivery, "thread" | "nextAttemptAtMs"> & Partial<Pick<Delivery, "failingSinceMs">>>,
  ): void {
    const lane = this.#lanes.get(webhookId);
    for (const { thread, nextAttemptAtMs: atMs, failingSinceMs = null } of left) {
      lane?.waiting.set(thread, { after: null, atMs });
      if (failingSinceMs !== null) lane?.failing.set(thread, failingSinceMs);
    }
    this.#wake();
  }

  /**
   * Something has happened in the thread. One that waits after a failure goes on waiting.
   *
   * @param after events up to this sequence have been told, unless the thread's delivery knows better.
   */
  changed(thread: string, after = 0): void {
    for (const { ready, waiting } of this.#lanes.values()) {
      if (!ready.has(thread) && !waiting.has(thread)) ready.set(thread, after);
    }
    this.#pump();
  }

  /**
   * Threads of which something is neither delivered nor noted as failing, and after which sequence: a run that takes over from
   * this one has to be told of them once more.
   */
  *unsettled(): Generator<readonly [thread: string, after: number]> {
    for (const { ready, busy, waiting } of this.#lanes.values()) {
      for (const threads of [ready, busy]) {
        for (const [thread, after] of threads) if (after !== null) yield [thread, after];
      }
      for (const [thread, { after }] of waiting) if (after !== null) yield [thread, after];
    }
  }

  /** Webhooks that fail, as far as this sender has tried them. */
  failing(): readonly FailingWebhook[] {
    return [...this.#lanes].flatMap(([webhookId, { failing }]) => {
      if (failing.size === 0) return [];
      return [{ webhookId, threads: failing.size, sinceMs: Math.min(...failing.values()) }];
    });
  }

  /** Sends one event once more, now, out of turn. Null: there is no such event any more. */
  async redeliver(webhook: Webhook, thread: string, sequence: number): Promise<Attempt | null> {
    const { source, webhooks } = this.#options;
    const event = await findEvent(source, thread, sequence);
    if (event === null) return null;
    const attempt = await this.#attempt(webhook, event, 0);
    const known = await webhooks.delivery(webhook.id, thread);
    await webhooks.record(webhook.id, known, (delivery) => recordRedelivery(delivery, attempt));
    return attempt;
  }

  /** Sends a body that tells of nothing. */
  async test(webhook: Webhook): Promise<Attempt> {
    const atMs = this.#options.now();
    const type = "webhook.test";
    const body = JSON.stringify({ id: `test.${atMs}`, type, createdAt: new Date(atMs).toISOString() });
    return this.#attempt(webhook, { sequence: 0, type, atMs, body }, 1);
  }

  async idle(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#running);
  }

  #pump(): void {
    if (this.#options.signal.aborted) return;
    for (const lane of this.#lanes.values()) {
      for (const [thread, after] of lane.ready) {
        if (lane.busy.size >= concurrency) break;
        if (!lane.busy.has(thread)) this.#begin(lane, thread, after);
      }
    }
  }

  /** Those whose time has come are ready. */
  #wake(): void {
    const nowMs = this.#options.now();
    let nextMs = Infinity;
    for (const { ready, waiting } of this.#lanes.values()) {
      for (const [thread, { after, atMs }] of waiting) {
        if (atMs > nowMs) {
          nextMs = Math.min(nextMs, atMs);
        } else {
          waiting.delete(thread);
          ready.set(thread, after);
        }
      }
    }
    this.#wakeAt(nextMs);
    this.#pump();
  }

  #wakeAt(atMs: number): void {
    const { now, signal } = this.#options;
    if (signal.aborted || atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    const wake = (): void => {
      this.#timerAtMs = Infinity;
      this.#wake();
    };
    this.#timer = setTimeout(wake, Math.min(atMs - now(), maxTimerMs)).unref();
  }

  #begin(lane: Lane, thread: string, after: After): void {
    const { logger, now, signal } = this.#options;
    lane.busy.set(thread, after);
    lane.ready.delete(thread);
    const task = this.#tell(lane, thread, after)
      .catch((error: unknown) => {
        logger.warn({ thread, webhookId: lane.webhook.id, error }, "webhook waits for the store");
        return { after, atMs: now() + troubledMs };
      })
      .then((again) => {
        // Cut short by our own end: it stays unsettled.
        if (signal.aborted) return;
        lane.busy.delete(thread);
        if (again === null) return;
        // What has happened meanwhile waits with the rest: the order within a thread stays.
        lane.ready.delete(thread);
        lane.waiting.set(thread, again);
        this.#wakeAt(again.atMs);
      })
      .finally(() => {
        this.#running.delete(task);
        this.#pump();
      });
    this.#running.add(task);
  }

  /** Tells one webhook all that is new of one thread. When to go on after a failure; null: all is told. */
  async #tell(lane: Lane, thread: string, after: After): Promise<{ after: null; atMs: number } | null> {
    const { source, webhooks, signal } = this.#options;
    let delivery = await webhooks.delivery(lane.webhook.id, thread, after ?? 0);
    for await (const event of source.events(thread, delivery.done)) {
      const { webhook } = lane;
      if (!this.#lanes.has(webhook.id)) return null;
      if (event.atMs < webhook.createdAtMs || !webhook.events.includes(event.type)) continue;
      const attempt = await this.#attempt(webhook, event, delivery.failures + 1);
      // What was cut off by our own end was no try.
      if (signal.aborted) return null;
      delivery = await webhooks.record(webhook.id, delivery, (stored) => recordAttempt(stored, attempt));
      if (delivery.failingSinceMs === null) lane.failing.delete(thread);
      else lane.failing.set(thread, delivery.failingSinceMs);
      if (delivery.done < event.sequence) return { after: null, atMs: delivery.nextAttemptAtMs };
    }
    return null;
  }

  async #attempt(webhook: Webhook, { sequence, body }: WebhookEvent, attempt: number): Promise<Attempt> {
    const { now, policy, signal, userAgent } = this.#options;
    const { url, secrets } = webhook;
    const atMs = now();
    const startedMs = performance.now();
    const signature = signWebhook(secrets, body, atMs);
    const answer = await postWebhook({ url, body, signature, userAgent, signal }, policy);
    return { sequence, attempt, atMs, tookMs: Math.round(performance.now() - startedMs), ...answer };
  }
}
