import { setTimeout as sleep } from "node:timers/promises";
import { channelEvents, type ChannelNode } from "@p4/app";
import { isStoreError, shardOf, type EventLog } from "@p4/event-store";
import { createEventLog, endOfLog } from "@p4/nats";
import type { Logger } from "@p4/telemetry";
import { WebhookSender, type Delivery, type TargetPolicy, type Webhook, type WebhookRepository } from "@p4/webhooks";
import type { TellingTurn } from "./telling-turn.ts";

export interface TellingOptions {
  readonly node: Pick<ChannelNode, "broker" | "log">;
  readonly place: { readonly region: string; readonly shards: number };
  readonly policy: TargetPolicy;
  readonly logger: Pick<Logger, "warn">;
  readonly webhooks: WebhookRepository;
  readonly turn: Pick<TellingTurn, "keep" | "leave">;
  /** The webhooks that there are. */
  readonly known: readonly Webhook[];
  readonly everyMs: number;
  readonly signal: AbortSignal;
}

const damagedMs = 30_000;

/**
 * One worker's turn: follows the log, and hands each channel that has moved on to the sender. The position that it keeps is behind all
 * that is neither delivered nor noted as failing, so that the next turn is told of it again.
 */
export class Telling {
  readonly #options: TellingOptions;
  readonly #over = new AbortController();
  readonly #sender: WebhookSender;
  /** By shard: up to where the log has been read. */
  readonly #read = new Map<number, number>();

  constructor(options: TellingOptions) {
    const { node, webhooks, policy, logger } = options;
    this.#options = options;
    const source = channelEvents(node.log);
    const signal = this.#over.signal;
    this.#sender = new WebhookSender({ source, webhooks, policy, logger, now: Date.now, userAgent: "p4-log", signal });
  }

  /** Until it is another worker's turn, or the webhooks are others. Rejects with a StoreError. */
  async run(from: ReadonlyMap<number, number>): Promise<"again" | "later"> {
    const { node, place, signal, known, turn } = this.#options;
    // A log that has lost its end with its site goes on before the position.
    for (const [shard, end] of await endOfLog(node.broker, place)) {
      this.#read.set(shard, Math.min(from.get(shard) ?? end, end));
    }
    for (const webhook of known) await this.#resume(webhook);
    const end = (): void => this.#over.abort();
    const following = this.#follow().finally(end);
    const keeping = this.#keepTurn(AbortSignal.any([signal, this.#over.signal])).finally(end);
    const [, next] = await Promise.allSettled([following, keeping]);
    await this.#sender.idle();
    if (signal.aborted) await turn.leave();
    // What one of the two has failed with, if anything.
    await following;
    return next.status === "fulfilled" ? next.value : keeping;
  }

  async #resume(webhook: Webhook): Promise<void> {
    const left: Delivery[] = [];
    for await (const delivery of this.#options.webhooks.deliveries(webhook.id)) {
      if (delivery.failures > 0) left.push(delivery);
    }
    this.#sender.use(webhook);
    this.#sender.resume(webhook.id, left);
  }

  /** Each shard for itself: what one has lost must not keep back what the others have to tell. */
  async #follow(): Promise<void> {
    const { node, place } = this.#options;
    // What lies beside the log is not fetched: one large event that is missing there would end this for all channels.
    const log = createEventLog(node.broker, place);
    const shards = Array.from({ length: place.shards }, (_, shard) => this.#followShard(log, shard));
    // One that fails otherwise ends the turn; the rest of them end with it.
    await Promise.all(shards.map((following) => following.finally(() => this.#over.abort())));
  }

  async #followShard(log: EventLog, shard: number): Promise<void> {
    const { logger } = this.#options;
    const { signal } = this.#over;
    let wasDamaged = false;
    while (!signal.aborted) {
      try {
        const afterPosition = new Map(this.#read);
        for await (const event of log.scan({ afterPosition, shards: [shard], follow: true, signal })) {
          this.#sender.changed(event.channelId, event.streamVersion - 1);
          this.#read.set(shard, event.streamVersion);
        }
      } catch (error) {
        if (!isStoreError(error, "STORE_DAMAGED")) throw error;
        if (!wasDamaged) logger.warn({ shard, error }, "webhooks of one shard wait: its log lacks events");
        wasDamaged = true;
        // A replica that has them may answer next time, or someone brings them back.
        await sleep(damagedMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #keepTurn(signal: AbortSignal): Promise<"again" | "later"> {
    const { everyMs, known, turn, webhooks } = this.#options;
    let position = this.#settled();
    for (;;) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return "later";
      const next = this.#settled();
      const now = await webhooks.list();
      for (const webhook of known) {
        this.#sender.use(now.find(({ id }) => id === webhook.id) ?? { ...webhook, deletedAtMs: Date.now() });
      }
      // A new one hears of what has come since the position that is kept: that was taken before the look that did not show it yet.
      if (now.some(({ id }) => !known.some((webhook) => webhook.id === id))) return "again";
      if (now.length === 0 || !(await turn.keep(position, this.#sender.failing()))) return "later";
      position = next;
    }
  }

  #settled(): ReadonlyMap<number, number> {
    const settled = new Map(this.#read);
    for (const [channelId, after] of this.#sender.unsettled()) {
      const shard = shardOf(channelId, this.#options.place.shards);
      settled.set(shard, Math.min(settled.get(shard) ?? after, after));
    }
    return settled;
  }
}
