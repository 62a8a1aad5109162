import { openChannelNode } from "@p4/app";
import type { LoggedEvent } from "../checker/history.ts";

const atOnce = 16;
const day = 24 * 60 * 60 * 1_000;

/** Every event of these channels alone, as a new node reads them: what strangers left in the log may be very much. */
export async function readChannels(
  natsUrl: string,
  channelIds: readonly string[],
  { shards, replicas }: { readonly shards: number; readonly replicas: number },
): Promise<Map<string, LoggedEvent[]>> {
  const settings = { region: "local", shards, replicas, retentionMs: 90 * day };
  const node = await openChannelNode({ natsUrl, name: "p4-chaos", ...settings });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const channels = new Map<string, LoggedEvent[]>();
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let index = next++; index < channelIds.length; index = next++) {
      const channelId = channelIds[index] ?? "";
      const events = await node.log.readStream(channelId, { consistent: true });
      channels.set(
        channelId,
        events.map(({ streamVersion, bytes, storedAtMs }) => ({
          streamVersion,
          text: decoder.decode(bytes),
          storedAtMs,
        })),
      );
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, readOn));
    return channels;
  } finally {
    await node.close();
  }
}
