import { isStoreError, type DocumentStore } from "@p4/event-store";
import { newDelivery, type Delivery, type Webhook } from "./webhook.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** Webhooks and what became of their deliveries, as documents beside the invoices. */
export class WebhookRepository {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async add(webhook: Webhook): Promise<void> {
    await this.#documents.put(webhookKey(webhook.id), encode(webhook), 0);
  }

  async get(id: string): Promise<Webhook | null> {
    const stored = await this.#documents.get(webhookKey(id));
    const webhook = stored === null ? null : (decode(stored.bytes) as Webhook);
    return webhook?.deletedAtMs === null ? webhook : null;
  }

  /** Null: there is none. */
  update(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | null> {
    return this.#change<Webhook>(webhookKey(id), (webhook) => (webhook === null ? null : change(webhook)));
  }

  /** The oldest first, without those that were taken away. */
  async list(): Promise<readonly Webhook[]> {
    const found = new Map<string, Webhook>();
    for await (const { key, bytes } of this.#documents.entries("webhook.")) found.set(key, decode(bytes) as Webhook);
    return [...found.values()]
      .filter(({ deletedAtMs }) => deletedAtMs === null)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async delivery(webhookId: string, invoiceId: string): Promise<Delivery> {
    const stored = await this.#documents.get(deliveryKey(webhookId, invoiceId));
    return stored === null ? newDelivery(webhookId, invoiceId) : (decode(stored.bytes) as Delivery);
  }

  async record(webhookId: string, invoiceId: string, step: (delivery: Delivery) => Delivery): Promise<Delivery> {
    const key = deliveryKey(webhookId, invoiceId);
    const after = await this.#change<Delivery>(key, (stored) => step(stored ?? newDelivery(webhookId, invoiceId)));
    return after ?? newDelivery(webhookId, invoiceId);
  }

  async *deliveries(webhookId: string): AsyncGenerator<Delivery> {
    for await (const { bytes } of this.#documents.entries(`delivery.${webhookId}.`)) yield decode(bytes) as Delivery;
  }

  async #change<Value>(key: string, change: (stored: Value | null) => Value | null): Promise<Value | null> {
    for (;;) {
      const stored = await this.#documents.get(key);
      const after = change(stored === null ? null : (decode(stored.bytes) as Value));
      if (after === null) return null;
      try {
        await this.#documents.put(key, encode(after), stored?.revision ?? 0);
        return after;
      } catch (error) {
        if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
      }
    }
  }
}

function webhookKey(id: string): string {
  return `webhook.${id}`;
}

function deliveryKey(webhookId: string, invoiceId: string): string {
  return `delivery.${webhookId}.${invoiceId}`;
}

function encode(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array): unknown {
  return JSON.parse(decoder.decode(bytes)) as unknown;
}
