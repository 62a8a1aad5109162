import { decodeDocument, encodeDocument, retryOnConflict, type DocumentStore } from "@p4/event-store";
import { newDelivery, type Delivery, type StoredDelivery, type Webhook } from "./webhook.ts";

/** Webhooks and what became of their deliveries, as documents. Each method rejects with a StoreError. */
export class WebhookRepository {
  readonly #documents: DocumentStore;
  readonly #deliveries: DocumentStore;

  /** `deliveries`: another place for these; they may leave it with age. */
  constructor(documents: DocumentStore, deliveries = documents) {
    this.#documents = documents;
    this.#deliveries = deliveries;
  }

  async add(webhook: Webhook): Promise<void> {
    await this.#documents.put(webhookKey(webhook.id), encodeDocument(webhook), 0);
  }

  async get(id: string): Promise<Webhook | null> {
    if (!/^[A-Za-z0-9]{8,20}$/.test(id)) return null;
    const webhook = decodeDocument<Webhook>(await this.#documents.get(webhookKey(id)));
    return webhook?.deletedAtMs === null ? webhook : null;
  }

  /** Null: there is none. */
  update(id: string, change: (webhook: Webhook) => Webhook): Promise<Webhook | null> {
    return changeDocument<Webhook>(this.#documents, webhookKey(id), (webhook) =>
      webhook === null ? null : change(webhook),
    );
  }

  /** The oldest first, without those that were taken away. */
  async list(): Promise<readonly Webhook[]> {
    const found = new Map<string, Webhook>();
    for await (const document of this.#documents.entries("webhook.")) found.set(document.key, decodeDocument(document));
    return [...found.values()]
      .filter(({ deletedAtMs }) => deletedAtMs === null)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  /** `done`: how far it has come when nothing is stored of it. */
  async delivery(webhookId: string, thread: string, done = 0): Promise<Delivery> {
    const stored = decodeDocument<StoredDelivery>(await this.#deliveries.get(deliveryKey(webhookId, thread)));
    return stored === null ? newDelivery(thread, done) : { ...stored, thread };
  }

  /** Takes a step on what is stored meanwhile, or on what the caller knows. */
  async record(webhookId: string, known: Delivery, step: (delivery: Delivery) => Delivery): Promise<Delivery> {
    const { thread } = known;
    const after = await changeDocument<StoredDelivery>(this.#deliveries, deliveryKey(webhookId, thread), (stored) => {
      const { thread: _, ...changed } = step(stored === null ? known : { ...stored, thread });
      return changed;
    });
    return { ...known, ...after };
  }

  async *deliveries(webhookId: string): AsyncGenerator<Delivery> {
    const prefix = deliveryKey(webhookId, "");
    for await (const document of this.#deliveries.entries(prefix)) {
      yield { ...decodeDocument<StoredDelivery>(document), thread: document.key.slice(prefix.length) };
    }
  }
}

function changeDocument<Value extends object>(
  documents: DocumentStore,
  key: string,
  change: (stored: Value | null) => Value | null,
): Promise<Value | null> {
  return retryOnConflict(async () => {
    const stored = await documents.get(key);
    const after = change(decodeDocument<Value>(stored));
    if (after !== null) await documents.put(key, encodeDocument(after), stored?.revision ?? 0);
    return after;
  });
}

function webhookKey(id: string): string {
  return `webhook.${id}`;
}

function deliveryKey(webhookId: string, thread: string): string {
  return `delivery.${webhookId}.${thread}`;
}
