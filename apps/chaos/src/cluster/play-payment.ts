import { timelineOf, type Timeline } from "@p4/channel";
import { customer, merchant } from "@p4/client";
import { openChannelNode } from "@p4/app";
import { sha256Hex, uuid } from "@p4/node-crypto";
import { ackBody, proofCallback, syntheticPayment, terms } from "../wallets/bodies.ts";

export interface PlayTargets {
  /** `ws://host:port` of the balancer. */
  readonly socketUrl: string;
  readonly proofUrl: string;
  readonly natsUrl: string;
  readonly shards: number;
  readonly replicas: number;
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
  return { channelId, timeline: await readTimeline(channelId, targets) };
}

async function readTimeline(channelId: string, { natsUrl, shards, replicas }: PlayTargets): Promise<Timeline> {
  const settings = { region: "local", shards, replicas, retentionMs: 90 * 24 * 60 * 60 * 1_000 };
  const node = await openChannelNode({ natsUrl, name: "p4-cluster-demo", ...settings });
  try {
    const stored = await node.log.readStream(channelId, { consistent: true });
    const texts = stored.map(({ bytes, streamVersion }) => ({ streamVersion, text: new TextDecoder().decode(bytes) }));
    return timelineOf(texts, sha256Hex);
  } finally {
    await node.close();
  }
}
