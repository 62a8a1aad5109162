import type { FollowedChannel, FoldListener } from "@p4/channel-host";
import { StoreError } from "@p4/event-store";
import type { EdgeContext } from "../edge-context.ts";

/**
 * Follows a channel for a request over HTTP. One that is not live here is loaded within the node's admission limit: a flood
 * of requests must not cost more than a flood of joins.
 *
 * @throws StoreError, LogError
 */
export async function followChannel(
  channelId: string,
  listener: FoldListener,
  { admission, registry }: EdgeContext,
): Promise<FollowedChannel> {
  const follow = (): Promise<FollowedChannel> => registry.follow(channelId, listener);
  if (registry.isLive(channelId)) return follow();
  const admitted = await admission.run(follow);
  if (admitted === null) throw new StoreError("STORE_UNAVAILABLE", "too many channels are being loaded");
  return admitted.result;
}
