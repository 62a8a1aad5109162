import { isForgotten, type RememberedEvent, type SequencedEvent, type WalletEventType } from "@p4/channel";
import { StoreError } from "@p4/event-store";
import type { ChannelReplica } from "./channel-replica.ts";

/**
 * A wallet's message with its text, which the log has where the channel has forgotten it.
 *
 * @throws StoreError, LogError
 */
export async function recall<Type extends WalletEventType>(
  event: RememberedEvent<Type>,
  replica: Pick<ChannelReplica, "channelId" | "read">,
): Promise<SequencedEvent<Type>> {
  const { type, streamVersion } = event as RememberedEvent;
  const found = isForgotten(event) ? await replica.read(streamVersion) : event;
  if (found.type === type) return found as SequencedEvent<Type>;
  throw new StoreError("STORE_DAMAGED", `${replica.channelId} at ${String(streamVersion)}: no ${type}`);
}
