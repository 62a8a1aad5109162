import { setTimeout as delay } from "node:timers/promises";
import { isSessionError, type CustomerSession, type MerchantSession } from "@p4/client";
import { ackBody, syntheticPayment, terms } from "../wallets/bodies.ts";
import type { Recorder } from "../wallets/recorder.ts";
import { openCustomer, openMerchant } from "../wallets/sessions.ts";

export interface PairPlan {
  readonly channelId: string;
  /** Joining addresses, in the order in which each wallet tries them. */
  readonly merchantUrls: readonly string[];
  readonly customerUrls: readonly string[];
  /** How long the merchant looks at a payment before it answers. */
  readonly thinkMs: number;
}

/** The two wallets of one channel, and the one payment between them. */
export class PaymentPair {
  readonly #channelId: string;
  readonly #recorder: Recorder;
  readonly #merchant: MerchantSession;
  readonly #customer: CustomerSession;
  /** The server has stored the merchant's verdict. */
  readonly #verdictStored: Promise<unknown>;

  constructor({ channelId, merchantUrls, customerUrls, thinkMs }: PairPlan, recorder: Recorder) {
    this.#channelId = channelId;
    this.#recorder = recorder;
    this.#merchant = openMerchant(channelId, merchantUrls, recorder);
    this.#customer = openCustomer(channelId, customerUrls, recorder);
    this.#merchant.onTermsRequested(() => terms);
    this.#verdictStored = new Promise((resolve, reject) => {
      this.#merchant.on("payment", ({ received }) => {
        delay(thinkMs)
          .then(() => this.#merchant.acknowledge(received, ackBody(received.bodyText ?? "{}", true)))
          .then(resolve, reject);
      });
    });
    // The pair may be closed before this is awaited.
    this.#verdictStored.catch(() => undefined);
  }

  /** Both wallets have a connection. */
  get isJoined(): boolean {
    return this.#merchant.phase === "joined" && this.#customer.phase === "joined";
  }

  async joined(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#merchant.joined({ signal }), this.#customer.joined({ signal })]);
  }

  /** Resolves when both sides are done with the payment. Never rejects: whatever happens is in the record. */
  async pay(signal: AbortSignal): Promise<void> {
    const channelId = this.#channelId;
    const { txid, bodyText } = syntheticPayment();
    this.#recorder.add({ kind: "flow", channelId, step: "started", detail: "steady" });
    try {
      await this.#customer.requestTerms({ signal });
      const ack = await this.#customer.pay(bodyText, { messageId: `pay-${txid.slice(0, 16)}`, signal });
      const outcome = ack.accepted ? "accepted" : "refused";
      this.#recorder.add({ kind: "outcome", channelId, txid, outcome });
      await abortable(this.#verdictStored, signal);
      this.#recorder.add({ kind: "flow", channelId, step: "finished", detail: "done" });
    } catch (error) {
      const step = signal.aborted ? "stuck" : "finished";
      const detail = isSessionError(error) ? error.code : String(error);
      this.#recorder.add({ kind: "flow", channelId, step, detail });
    }
  }

  close(): void {
    this.#customer.close();
    this.#merchant.close();
  }
}

function abortable<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject);
  });
}
