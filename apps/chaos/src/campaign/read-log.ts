import { openChannelNode } from "@p4/app";
import type { LoggedEvent } from "../checker/history.ts";

const day = 24 * 60 * 60 * 1_000;

/** Every event of every channel, as a new node reads it. */
export async function readLog(
  natsUrl: string,
  { shards, replicas }: { readonly shards: number; readonly replicas: number },
): Promise<Map<string, LoggedEvent[]>> {
  const settings = { region: "local", shards, replicas, retentionMs: 90 * day };
  const node = await openChannelNode({ natsUrl, name: "p4-chaos", ...settings });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const channels = new Map<string, LoggedEvent[]>();
  try {
    for await (const { channelId, streamVersion, bytes, storedAtMs } of node.log.scan()) {
      const events = channels.get(channelId) ?? [];
      if (events.length === 0) channels.set(channelId, events);
      events.push({ streamVersion, text: decoder.decode(bytes), storedAtMs });
    }
    return channels;
  } finally {
    await node.close();
  }
}
