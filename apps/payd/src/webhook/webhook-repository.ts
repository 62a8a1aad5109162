import { decodeDocument, encodeDocument, retryOnConflict, type DocumentStore } from "@p4/event-store";
import { newDelivery, type Delivery, type Webhook } from "./webhook.ts";

/** Webhooks and what became of their deliveries, as documents beside the invoices. */
export class WebhookRepository {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async add(webhook: Webhook): Promise<void> {
    await this.#documents.put(webhookKey(webhook.id), encodeDocument(webhook), 0);
  }

  async get(id: string): Promise<Webhook | null> {
    const webhook = decodeDocument<Webhook>(await this.#documents.get(webhookKey(id)));
    return webhook?.deletedAtMs === null ? webhook : null;
  }

  /** Null: there is none. */
  update(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | null> {
    return this.#change<Webhook>(webhookKey(id), (webhook) => (webhook === null ? null : change(webhook)));
  }

  /** The oldest first, without those that were taken away. */
  async list(): Promise<readonly Webhook[]> {
    const found = new Map<string, Webhook>();
    for await (const document of this.#documents.entries("webhook.")) found.set(document.key, decodeDocument(document));
    return [...found.values()]
      .filter(({ deletedAtMs }) => deletedAtMs === null)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  async delivery(webhookId: string, invoiceId: string): Promise<Delivery> {
    const stored = await this.#documents.get(deliveryKey(webhookId, invoiceId));
    return decodeDocument<Delivery>(stored) ?? newDelivery(webhookId, invoiceId);
  }

  async record(webhookId: string, invoiceId: string, step: (delivery: Delivery) => Delivery): Promise<Delivery> {
    const key = deliveryKey(webhookId, invoiceId);
    const after = await this.#change<Delivery>(key, (stored) => step(stored ?? newDelivery(webhookId, invoiceId)));
    return after ?? newDelivery(webhookId, invoiceId);
  }

  async *deliveries(webhookId: string): AsyncGenerator<Delivery> {
    for await (const stored of this.#documents.entries(`delivery.${webhookId}.`))
      yield decodeDocument<Delivery>(stored);
  }

  #change<Value extends object>(key: string, change: (stored: Value | null) => Value | null): Promise<Value | null> {
    return retryOnConflict(async () => {
      const stored = await this.#documents.get(key);
      const after = change(decodeDocument<Value>(stored));
      if (after !== null) await this.#documents.put(key, encodeDocument(after), stored?.revision ?? 0);
      return after;
    });
  }
}

function webhookKey(id: string): string {
  return `webhook.${id}`;
}

function deliveryKey(webhookId: string, invoiceId: string): string {
  return `delivery.${webhookId}.${invoiceId}`;
}
