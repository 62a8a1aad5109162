import { setTimeout as sleep } from "node:timers/promises";
import type { ConsumerConfig } from "@nats-io/jetstream";
import type { Msg } from "@nats-io/transport-node";
import { isStoreError, type DeadlineHandler } from "@p4/event-store";
import { ack, nak, nakAfter, parseAckSubject } from "./ack-subject.ts";
import type { Broker } from "./broker.ts";
import { pullMessages } from "./pull-messages.ts";
import { RawHeaders } from "./raw-headers.ts";
import { channelIdOf, deadlineWorkers } from "./subjects.ts";
import { elapsedReason, tombstoneLines } from "./time-to-live.ts";

const largestBatch = 256;
const retryMs = 250;
/** A worker that died gives its markers back after this. */
const ackWaitMs = 30_000;
/** A marker that comes earlier than this is re-armed instead of being held open at the consumer. */
const longestNakMs = 5_000;
const slowestRetryMs = 60_000;

/**
 * Takes markers from the one durable consumer that all workers share. The consumer also shows the arming of each key,
 * which is acknowledged at once: a filter by header does not exist.
 */
export class DeadlineWorker {
  readonly stopped: Promise<void>;
  readonly #broker: Broker;
  readonly #stream: string;
  readonly #handler: DeadlineHandler;
  readonly #arm: (channelId: string, remainingMs: number) => Promise<void>;
  readonly #working = new Set<Promise<void>>();
  #stopping = false;
  #resolveStopped = (): void => {};

  constructor(
    broker: Broker,
    stream: string,
    handler: DeadlineHandler,
    arm: (channelId: string, remainingMs: number) => Promise<void>,
  ) {
    this.#broker = broker;
    this.#stream = stream;
    this.#handler = handler;
    this.#arm = arm;
    this.stopped = new Promise((resolve) => (this.#resolveStopped = resolve));
  }

  /** Rejects when the bucket is missing or the broker cannot answer; later trouble is reported and retried. */
  async start(): Promise<void> {
    await this.#ensureConsumer();
    void this.#run();
  }

  /** Takes no more markers; `stopped` resolves when those at work are done. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    void Promise.all(this.#working).then(() => this.#resolveStopped());
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      try {
        while (!this.#stopping) await this.#pull();
      } catch (error) {
        if (!this.#stopping) await this.#repair(error as Error);
      }
    }
  }

  async #pull(): Promise<void> {
    if (this.#working.size >= largestBatch) await Promise.race(this.#working);
    const request = { stream: this.#stream, consumer: deadlineWorkers, batch: largestBatch - this.#working.size };
    await pullMessages(this.#broker, request, (message) => this.#onMessage(message));
  }

  /** The consumer may have been deleted by hand: it is created again. */
  async #repair(cause: Error): Promise<void> {
    if (!isStoreError(cause, "STORE_UNAVAILABLE")) this.#broker.report(cause);
    try {
      await this.#ensureConsumer();
    } catch (error) {
      if (!isStoreError(error, "STORE_UNAVAILABLE")) this.#broker.report(error as Error);
      await sleep(retryMs);
    }
  }

  async #ensureConsumer(): Promise<void> {
    await this.#broker.api(`CONSUMER.CREATE.${this.#stream}.${deadlineWorkers}`, {
      stream_name: this.#stream,
      config: {
        name: deadlineWorkers,
        durable_name: deadlineWorkers,
        ack_policy: "explicit",
        deliver_policy: "all",
        replay_policy: "instant",
        ack_wait: ackWaitMs * 1_000_000,
        max_ack_pending: 10_000,
        max_deliver: -1,
      } satisfies ConsumerConfig,
    });
  }

  #onMessage(message: Msg): void {
    if (this.#stopping) return this.#answer(message, nak);
    if (message.headers?.get("Nats-Marker-Reason") !== elapsedReason) return this.#answer(message, ack);
    const work = this.#handle(message).finally(() => this.#working.delete(work));
    this.#working.add(work);
  }

  async #handle(message: Msg): Promise<void> {
    let delivered = 1;
    try {
      const channelId = channelIdOf(message.subject);
      const marker = parseAckSubject(message.reply ?? "");
      delivered = marker.delivered;
      const verdict = await this.#handler(channelId);
      if (verdict.outcome === "done") {
        this.#removeMarker(message.subject, marker.streamSequence);
        this.#answer(message, ack);
      } else if (verdict.inMs <= longestNakMs) {
        this.#answer(message, nakAfter(Math.max(1, verdict.inMs)));
      } else {
        await this.#arm(channelId, verdict.inMs);
        this.#answer(message, ack);
      }
    } catch (error) {
      this.#broker.report(error as Error);
      this.#answer(message, nakAfter(Math.min(slowestRetryMs, 500 * 2 ** Math.min(delivered, 10))));
    }
  }

  /** Markers would stay for days. Guarded by the sequence: a deadline armed meanwhile stays. */
  #removeMarker(subject: string, sequence: number): void {
    const guard = `Nats-Expected-Last-Subject-Sequence: ${sequence}\r\n`;
    this.#publish(subject, { headers: new RawHeaders(guard + tombstoneLines) });
  }

  #answer(message: Msg, verdict: string): void {
    if (message.reply !== undefined && message.reply !== "") this.#publish(message.reply, undefined, verdict);
  }

  #publish(subject: string, options?: { readonly headers: RawHeaders }, body = ""): void {
    // A lost answer only means that the marker is shown again.
    this.#broker.writes.post({ subject, body, ...(options === undefined ? {} : { options }) });
  }
}
