import { foldStored, newChannel, type Channel } from "@p4/channel";
import { readInPortions, type EventLog, type PortionOptions } from "@p4/event-store";
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
  { upToVersion = Infinity, ...options }: PortionOptions & { readonly upToVersion?: number } = {},
): Promise<Channel> {
  let channel = newChannel();
  for await (const events of readInPortions(log, channelId, options)) {
    for (const { bytes, streamVersion } of events) {
      if (streamVersion > upToVersion) return channel;
      channel = foldStored(channel, decoder.decode(bytes), streamVersion, sha256Hex).channel;
    }
  }
  return channel;
}
