import type { Logger } from "@p4/telemetry";
import { signWebhook } from "@p4/node-crypto";
import type { InvoiceEvent } from "../invoice/invoice-event.ts";
import type { Invoice } from "../invoice/invoice.ts";
import type { InvoiceRepository } from "../invoice/invoice-repository.ts";
import { eventBody } from "./event-body.ts";
import { postWebhook } from "./post-webhook.ts";
import type { TargetPolicy } from "./target-policy.ts";
import { recordAttempt, recordRedelivery, type Attempt, type Webhook } from "./webhook.ts";
import type { WebhookRepository } from "./webhook-repository.ts";

export interface WebhookSenderOptions {
  readonly invoices: InvoiceRepository;
  readonly webhooks: WebhookRepository;
  readonly policy: TargetPolicy;
  readonly now: () => number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Of one webhook: invoices that are told at the same time. */
const concurrency = 8;
/** After a failure of the store. */
const troubledMs = 2_000;
const maxTimerMs = 60_000;

interface Lane {
  webhook: Webhook;
  /** Invoices that may have something to tell, and when each is due. */
  readonly due: Map<string, number>;
  readonly busy: Set<string>;
}

/**
 * Delivers each invoice's events to each webhook: at least once, one after the other for one invoice, each invoice for itself.
 * The events are in the invoices' documents, how far each webhook has come in its own: what a crash cuts short is sent again.
 */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Takes up what the last run has left. Rejects with a StoreError. */
  async start(): Promise<void> {
    for (const webhook of await this.#options.webhooks.list()) this.use(webhook);
    if (this.#lanes.size === 0) return;
    const done = new Map<string, number>();
    const key = (webhookId: string, invoiceId: string): string => `${webhookId} ${invoiceId}`;
    const waitUntil = new Map<string, number>();
    for (const id of this.#lanes.keys()) {
      for await (const delivery of this.#options.webhooks.deliveries(id)) {
        done.set(key(id, delivery.invoiceId), delivery.done);
        waitUntil.set(key(id, delivery.invoiceId), delivery.nextAttemptAtMs);
      }
    }
    for await (const { id, events } of this.#options.invoices.all()) {
      const last = events.at(-1);
      for (const [webhookId, { webhook, due }] of this.#lanes) {
        const isBehind = last !== undefined && last.sequence > (done.get(key(webhookId, id)) ?? 0);
        if (isBehind && last.atMs >= webhook.createdAtMs) due.set(id, waitUntil.get(key(webhookId, id)) ?? 0);
      }
    }
    this.#pump();
  }

  /** A new webhook, or a changed one: its next delivery is to it. */
  use(webhook: Webhook): void {
    const lane = this.#lanes.get(webhook.id);
    if (webhook.deletedAtMs !== null) this.#lanes.delete(webhook.id);
    else if (lane !== undefined) lane.webhook = webhook;
    else this.#lanes.set(webhook.id, { webhook, due: new Map(), busy: new Set() });
  }

  /** Something has happened on the invoice. One that waits after a failure goes on waiting. */
  changed(invoiceId: string): void {
    for (const { due } of this.#lanes.values()) if (!due.has(invoiceId)) due.set(invoiceId, 0);
    this.#pump();
  }

  /** Sends one event once more, now, out of turn. Null: the invoice has no such event any more. */
  async redeliver(webhook: Webhook, invoice: Invoice, sequence: number): Promise<Attempt | null> {
    const event = invoice.events.find((candidate) => candidate.sequence === sequence);
    if (event === undefined) return null;
    const attempt = await this.#attempt(webhook, invoice, event, 0);
    await this.#options.webhooks.record(webhook.id, invoice.id, (delivery) => recordRedelivery(delivery, attempt));
    return attempt;
  }

  /** Sends a body that tells of no invoice. */
  async test(webhook: Webhook): Promise<Attempt> {
    const atMs = this.#options.now();
    const body = JSON.stringify({ id: `test.${atMs}`, type: "webhook.test", createdAt: new Date(atMs).toISOString() });
    return this.#post(webhook, body, { sequence: 0, attempt: 1 });
  }

  async idle(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#running);
  }

  #pump(): void {
    if (this.#options.signal.aborted) return;
    const nowMs = this.#options.now();
    let nextMs = Infinity;
    for (const lane of this.#lanes.values()) {
      for (const [invoiceId, dueMs] of lane.due) {
        if (lane.busy.size >= concurrency) break;
        if (lane.busy.has(invoiceId)) continue;
        if (dueMs > nowMs) nextMs = Math.min(nextMs, dueMs);
        else this.#begin(lane, invoiceId);
      }
    }
    clearTimeout(this.#timer);
    if (nextMs === Infinity) return;
    this.#timer = setTimeout(() => this.#pump(), Math.min(nextMs - nowMs, maxTimerMs)).unref();
  }

  #begin(lane: Lane, invoiceId: string): void {
    lane.busy.add(invoiceId);
    lane.due.delete(invoiceId);
    const task = this.#tell(lane, invoiceId)
      .catch((error: unknown) => {
        this.#options.logger.warn({ invoiceId, webhookId: lane.webhook.id, error }, "webhook waits for the store");
        return this.#options.now() + troubledMs;
      })
      .then((againMs) => {
        lane.busy.delete(invoiceId);
        // What has happened meanwhile waits with the rest: the order within an invoice stays.
        if (againMs !== null) lane.due.set(invoiceId, againMs);
      })
      .finally(() => {
        this.#running.delete(task);
        this.#pump();
      });
    this.#running.add(task);
  }

  /** Tells one webhook all that is new of one invoice. When to go on after a failure; null: all is told. */
  async #tell({ webhook }: Lane, invoiceId: string): Promise<number | null> {
    const { invoices, webhooks, signal } = this.#options;
    let delivery = await webhooks.delivery(webhook.id, invoiceId);
    for (;;) {
      const invoice = await invoices.get(invoiceId);
      const event = invoice === null ? undefined : nextEvent(invoice, webhook, delivery.done);
      if (invoice === null || event === undefined || !this.#lanes.has(webhook.id)) return null;
      const attempt = await this.#attempt(webhook, invoice, event, delivery.failures + 1);
      // What was cut off by our own end was no try.
      if (signal.aborted) return null;
      delivery = await webhooks.record(webhook.id, invoiceId, (stored) => recordAttempt(stored, attempt));
      if (delivery.done < event.sequence) return delivery.nextAttemptAtMs;
    }
  }

  #attempt(webhook: Webhook, invoice: Invoice, event: InvoiceEvent, attempt: number): Promise<Attempt> {
    return this.#post(webhook, eventBody(invoice, event), { sequence: event.sequence, attempt });
  }

  async #post({ url, secrets }: Webhook, body: string, which: Pick<Attempt, "sequence" | "attempt">): Promise<Attempt> {
    const { now, policy, signal } = this.#options;
    const atMs = now();
    const startedMs = performance.now();
    const answer = await postWebhook({ url, body, signature: signWebhook(secrets, body, atMs), signal }, policy);
    return { ...which, atMs, tookMs: Math.round(performance.now() - startedMs), ...answer };
  }
}

/** Of what happened since the webhook is there, and of what it wants to hear. */
function nextEvent({ events }: Invoice, webhook: Webhook, done: number): InvoiceEvent | undefined {
  return events.find(
    ({ sequence, type, atMs }) => sequence > done && atMs >= webhook.createdAtMs && webhook.events.includes(type),
  );
}
