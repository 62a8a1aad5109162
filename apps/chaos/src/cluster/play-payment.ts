import { timelineOf, type Timeline } from "@p4/channel";
import { customer, merchant } from "@p4/client";
import { sha256Hex, uuid } from "@p4/node-crypto";
import { readChannels, type LogPlace } from "../campaign/read-log.ts";
import { ackBody, proofCallback, syntheticPayment, terms } from "../wallets/bodies.ts";

export interface PlayTargets {
  /** `ws://host:port` of the balancer. */
  readonly socketUrl: string;
  readonly proofUrl: string;
  readonly log: LogPlace;
}

const withinMs = 30_000;

/** One payment through the balancer: asked for, made, accepted and proved. Returns what the log holds of it. */
export async function playPayment(targets: PlayTargets): Promise<{ channelId: string; timeline: Timeline }> {
  const channelId = `demo-${uuid()}`;
  const url = `${targets.socketUrl}/ws/${channelId}`;
  const signal = AbortSignal.timeout(withinMs);
  const { txid, bodyText } = syntheticPayment();
  const shop = merchant(url);
  const wallet = customer(url);
  try {
    shop.onTermsRequested(() => terms);
    shop.onPayment((payment) => ackBody(payment.bodyText ?? "{}", true));
    await wallet.requestTerms({ signal });
    await wallet.pay(bodyText, { signal });
    const answer = await fetch(`${targets.proofUrl}/proofs/${txid}?i=${channelId}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: proofCallback(txid),
      signal,
    });
    if (!answer.ok) throw new Error(`the proof was refused: ${String(answer.status)} ${await answer.text()}`);
    await Promise.all([wallet, shop].map((session) => session.waitForProof({ txid, signal })));
  } finally {
    wallet.close();
    shop.close();
  }
  return { channelId, timeline: await readTimeline(channelId, targets.log) };
}

async function readTimeline(channelId: string, log: LogPlace): Promise<Timeline> {
  const events = (await readChannels(log, [channelId])).get(channelId) ?? [];
  return timelineOf(events, sha256Hex);
}
