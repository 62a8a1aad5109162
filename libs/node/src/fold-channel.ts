import { foldStored, newChannel, type Channel } from "@p4/channel";
import type { EventLog, ReadOptions, StoredEvent } from "@p4/event-store";
import { sha256Hex } from "@p4/node-crypto";

const decoder = new TextDecoder("utf-8");

/**
 * A channel folded from its log, as an edge does that starts cold; an unknown one comes back unopened.
 *
 * @throws LogError, StoreError
 */
export async function foldChannel(
  log: Pick<EventLog, "readStream">,
  channelId: string,
  { upToVersion = Infinity, ...options }: ReadOptions & { readonly upToVersion?: number } = {},
): Promise<Channel> {
  const events = await log.readStream(channelId, options);
  return foldEvents(events.filter(({ streamVersion }) => streamVersion <= upToVersion));
}

function foldEvents(events: readonly StoredEvent[]): Channel {
  let channel = newChannel();
  for (const { bytes, streamVersion } of events) {
    channel = foldStored(channel, decoder.decode(bytes), streamVersion, sha256Hex).channel;
  }
  return channel;
}
