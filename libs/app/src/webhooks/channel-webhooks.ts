import { encodeDocument, type DocumentStore } from "@p4/event-store";
import { createDocumentStore, endOfLog, provisionDocuments, type Broker } from "@p4/nats";
import { WebhookRepository, type FailingWebhook, type Webhook } from "@p4/webhooks";

/** One region's webhooks that are fed from the log: written by the operator, delivered by the expiry workers. */
export interface ChannelWebhooks {
  readonly webhooks: WebhookRepository;
  /** How far the log has been told: `positionKey`. */
  readonly documents: DocumentStore;
}

/** Where deliveries stay listed after their last attempt: longer than an event is tried for. */
const deliveriesKeptMs = 7 * 24 * 60 * 60 * 1000;
const buckets = { webhooks: {}, deliveries: { maxAgeMs: deliveriesKeptMs } };
export const positionKey = "position";

/** How far the log has been told to all webhooks, as stored, and which worker is at it; null: none is. */
export interface StoredPosition {
  readonly version: 1;
  readonly owner: string | null;
  /** Of the last event of a shard up to which all are delivered, or noted as failing. */
  readonly positions: readonly (readonly [shard: number, position: number])[];
  /** What the owner fails at, for operators; absent: nothing, or written by an earlier version. */
  readonly failing?: readonly FailingWebhook[];
}

export function channelWebhooks(broker: Broker, region: string): ChannelWebhooks {
  const documents = createDocumentStore(broker, { region, name: "webhooks" });
  const deliveries = createDocumentStore(broker, { region, name: "deliveries" });
  return { webhooks: new WebhookRepository(documents, deliveries), documents };
}

/** Makes the buckets that are missing. Rejects with a StoreError. */
export async function provisionWebhooks(
  broker: Broker,
  place: { readonly region: string; readonly replicas: number },
): Promise<void> {
  await provisionDocuments(broker, { ...place, documents: buckets });
}

/** Adds a webhook that hears of what happens from now on. The first one moves the position there. Rejects with a StoreError. */
export async function addChannelWebhook(
  broker: Broker,
  place: { readonly region: string; readonly shards: number },
  webhook: Webhook,
): Promise<void> {
  const { webhooks, documents } = channelWebhooks(broker, place.region);
  if ((await webhooks.list()).length === 0) {
    const positions = [...(await endOfLog(broker, place))];
    await documents.set(positionKey, encodeDocument({ version: 1, owner: null, positions } satisfies StoredPosition));
  }
  await webhooks.add(webhook);
}
