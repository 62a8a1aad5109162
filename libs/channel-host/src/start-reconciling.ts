import type { ChannelRegistry } from "./channel-registry.ts";

/**
 * How long a live channel may stay behind its log unnoticed. The live feed is at most once: the last event of a quiet
 * channel can be lost without a trace when a broker dies between storing and republishing it, or when a new
 * subscription has not reached the stream's leader yet. No reconnect and no later event would tell.
 */
const reconcileEveryMs = 2_000;
/** One question to each shard, at the most. */
const reconciledAtOnce = 1_024;
/** Each compared channel costs a stored message's way here: a node with very many takes this many turns for all. */
const mostTurns = 10;

/**
 * Compares the live channels with the log again and again: all of them every two seconds, or, beyond a thousand, in turns,
 * all within twenty seconds. Returns what ends it.
 */
export function startReconciling(
  registry: Pick<ChannelRegistry, "reconcileNext" | "size">,
  ready: () => boolean,
): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || !ready()) return;
    busy = true;
    // Its failures were reported already; the next turn is the next try.
    registry
      .reconcileNext(Math.max(reconciledAtOnce, Math.ceil(registry.size / mostTurns)))
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, reconcileEveryMs);
  return () => clearInterval(timer);
}
