import { isEnded, timelineOf, type Timeline } from "@p4/channel";
import { payInvoice } from "@p4/cli";
import { addressesOf } from "@p4/config";
import { openChannelNode, placementOf, type ChannelNode } from "@p4/app";
import { sha256Hex } from "@p4/node-crypto";
import { abortable } from "./abortable.ts";
import type { StackContext } from "./start-apps.ts";

export interface PlayedPayment {
  readonly channelId: string;
  readonly timeline: Timeline;
}

export interface PlayOptions {
  readonly satoshis: number;
  /** Wait for the channel's end as well: only sensible with a short time to live. */
  readonly untilExpired: boolean;
  readonly onProgress: (text: string) => void;
  /** Gives it up, at once: rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** The wallet and its miner answer sooner, or not at all. */
const answerWithinMs = 60_000;

/** A merchant's invoice, paid by a customer's wallet over the channel, until its proof has arrived. */
export function playPayment(context: StackContext, options: PlayOptions): Promise<PlayedPayment> {
  return abortable(play(context, options), options.signal);
}

async function play(context: StackContext, options: PlayOptions): Promise<PlayedPayment> {
  const { signal } = options;
  const { paydUrl, minerUrl } = addressesOf(context.config);
  const invoice = await post(`${paydUrl}/api/v1/invoices`, { satoshis: options.satoshis, memo: "two teas" }, signal);
  const channelId = String(invoice["id"]);
  options.onProgress(`the merchant asks ${String(options.satoshis)} satoshis on channel ${channelId}`);
  await post(`${paydUrl}/connect/${channelId}`, null, signal);
  await payInvoice(String(invoice["paymentUrl"]), {
    faucetUrl: minerUrl,
    headersUrl: minerUrl,
    onProgress: options.onProgress,
    signal,
  });
  const node = await openNode(context);
  try {
    if (options.untilExpired) await abortable(waitForEnd(node, channelId, options.onProgress), signal);
    return { channelId, timeline: await readTimeline(node, channelId) };
  } finally {
    await node.close();
  }
}

function openNode({ config, natsUrl }: StackContext): Promise<ChannelNode> {
  return openChannelNode({ natsUrl, name: "p4-demo", ...placementOf(config) });
}

async function waitForEnd(node: ChannelNode, channelId: string, onProgress: (text: string) => void): Promise<void> {
  onProgress("waiting for the channel to expire");
  await new Promise<void>((resolve, reject) => {
    node.registry
      .follow(channelId, (event) => {
        if (event.type === "ChannelExpired") resolve();
      })
      .then(({ channel }) => {
        if (isEnded(channel.snapshot)) resolve();
      }, reject);
  });
}

async function readTimeline(node: ChannelNode, channelId: string): Promise<Timeline> {
  const stored = await node.log.readStream(channelId);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const texts = stored.map(({ bytes, streamVersion }) => ({ streamVersion, text: decoder.decode(bytes) }));
  return timelineOf(texts, sha256Hex);
}

async function post(url: string, body: unknown, signal: AbortSignal): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: "POST",
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    ...(body === null ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`POST ${url} answered ${String(response.status)}: ${await response.text()}`);
  return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>);
}
