import { setTimeout as delay } from "node:timers/promises";
import { isSessionError, type CustomerSession, type MerchantSession, type WalletSession } from "@p4/client";
import { nodeCrypto } from "@p4/node-crypto";
import { paymentTransactionId } from "@p4/spv";
import { ackBody, proofCallback, syntheticPayment, terms, type SyntheticPayment } from "./bodies.ts";
import type { FlowPlan } from "./flow-plan.ts";
import type { Recorder } from "./recorder.ts";
import { openCustomer, openMerchant } from "./sessions.ts";

export interface FlowWorld {
  readonly recorder: Recorder;
  readonly proofUrl: string;
  /** Longer than a channel lives: a flow that still waits then is stuck. */
  readonly limitMs: number;
}

/** One payment, from the opening of its channel on. Never rejects: whatever happens is in the record. */
export async function runFlow(plan: FlowPlan, world: FlowWorld): Promise<void> {
  const { channelId, variant } = plan;
  const { recorder } = world;
  recorder.add({ kind: "flow", channelId, step: "started", detail: variant });
  const signal = AbortSignal.timeout(world.limitMs);
  const payment = syntheticPayment();
  const shop = new Shop(plan, world);
  const wallet = openCustomer(channelId, plan.customerUrls, recorder);
  try {
    await wallet.requestTerms({ signal });
    await pay(wallet, payment, plan, recorder, signal);
    if (variant === "paid-twice") await pay(wallet, payment, plan, recorder, signal);
    if (variant === "proved") await prove(wallet, shop.session, payment, world, signal);
    if (variant === "short-lived") await ended(wallet, signal);
    recorder.add({ kind: "flow", channelId, step: "finished", detail: "done" });
  } catch (error) {
    const step = signal.aborted ? "stuck" : "finished";
    recorder.add({ kind: "flow", channelId, step, detail: isSessionError(error) ? error.code : String(error) });
  } finally {
    wallet.close();
    shop.session.close();
  }
}

/** The merchant's side: answers, and crashes once where the plan says so. */
class Shop {
  session: MerchantSession;
  readonly #plan: FlowPlan;
  readonly #world: FlowWorld;
  #hasCrashed = false;

  constructor(plan: FlowPlan, world: FlowWorld) {
    this.#plan = plan;
    this.#world = world;
    this.session = this.#open();
  }

  #open(): MerchantSession {
    const { channelId, merchantUrls, variant } = this.#plan;
    const { recorder } = this.#world;
    const session = openMerchant(channelId, merchantUrls, recorder);
    session.onTermsRequested(() => terms);
    session.onPayment(async ({ bodyText }) => {
      if (variant === "merchant-crashes" && !this.#hasCrashed) {
        this.#hasCrashed = true;
        session.close();
        this.session = this.#open();
        // The crashed wallet answers nothing; its successor finds the payment waiting.
        return new Promise<never>(() => undefined);
      }
      const accepted = variant !== "refused";
      const txid = paymentTransactionId(bodyText ?? "", nodeCrypto) ?? "";
      recorder.add({ kind: "verdict", channelId, txid, accepted });
      return Promise.resolve(ackBody(bodyText ?? "{}", accepted));
    });
    return session;
  }
}

async function pay(
  wallet: CustomerSession,
  { txid, bodyText }: SyntheticPayment,
  { channelId }: FlowPlan,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  const note = (outcome: string): void => recorder.add({ kind: "outcome", channelId, txid, outcome });
  try {
    const ack = await wallet.pay(bodyText, { messageId: `pay-${txid.slice(0, 16)}`, signal });
    note(ack.accepted ? "accepted" : "refused");
  } catch (error) {
    note(isSessionError(error) ? error.code : "WAITED_FOR_EVER");
    throw error;
  }
}

async function prove(
  wallet: CustomerSession,
  shop: MerchantSession,
  { txid }: SyntheticPayment,
  { proofUrl, recorder }: FlowWorld,
  signal: AbortSignal,
): Promise<void> {
  const { channelId } = wallet;
  const body = proofCallback(txid);
  const url = `${proofUrl}/proofs/${txid}?i=${channelId}`;
  for (;;) {
    signal.throwIfAborted();
    const status = await post(url, body);
    if (status !== null && status < 300) break;
    // The channel has expired meanwhile: no receiver is left.
    if (status === 404 || status === 410 || status === 409) return;
    await delay(300);
  }
  recorder.add({ kind: "callback", channelId, txid });
  await Promise.all([wallet, shop].map((session) => session.waitForProof({ txid, signal })));
}

/** As miners call: a few seconds of patience, then again. Null: no answer. */
async function post(url: string, body: string): Promise<number | null> {
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(3_000);
  const response = await fetch(url, { method: "POST", headers, body, signal }).catch(() => null);
  await response?.arrayBuffer().catch(() => undefined);
  return response?.status ?? null;
}

/** Until the server ends the channel. */
function ended(session: WalletSession, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (session.phase === "ended") return resolve();
    session.on("ended", () => resolve());
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
