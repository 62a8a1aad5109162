import type { FollowedChannel, FoldListener } from "@p4/channel-host";
import { StoreError } from "@p4/event-store";
import type { EdgeContext } from "../edge-context.ts";

/**
 * Follows a channel for a request over HTTP. One that has no sockets here is looked up in the line of the newcomers: a flood
 * of requests must not cost more than a flood of joins.
 *
 * @throws StoreError, LogError
 */
export async function followChannel(
  channelId: string,
  listener: FoldListener,
  { channels, lookups, registry }: EdgeContext,
): Promise<FollowedChannel> {
  const follow = (): Promise<FollowedChannel> => registry.follow(channelId, listener);
  if (channels.usersOf(channelId) > 0) return follow();
  const passed = await lookups.pass(follow);
  if (passed === null) throw new StoreError("STORE_UNAVAILABLE", "too many channels are being looked up");
  return passed.result;
}
