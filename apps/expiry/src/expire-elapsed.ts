import type { ChannelRegistry } from "@p4/channel-host";
import { endsAtMs, isEnded, stateName } from "@p4/channel";
import type { DeadlineHandler } from "@p4/event-store";

/**
 * What a worker does with an elapsed timer. The timer is a hint: the channel's own deadline decides, and its log takes
 * one expiry only, however many workers try. A timer that came early, or that belongs to a moved deadline, comes again.
 */
export function expireElapsed(registry: Pick<ChannelRegistry, "expire">, nowMs: () => number): DeadlineHandler {
  return async (channelId) => {
    const { snapshot } = (await registry.expire(channelId, "deadline", nowMs())).channel;
    if (stateName(snapshot) === "unopened" || isEnded(snapshot)) return { outcome: "done" };
    return { outcome: "again", inMs: Math.max(1, endsAtMs(snapshot) - nowMs()) };
  };
}
