import type { ChannelRegistry } from "@p4/actors";

/**
 * How long a live channel may stay behind its log unnoticed. The live feed is at most once: the last event of a quiet
 * channel can be lost without a trace when a broker dies between storing and republishing it, or when a new
 * subscription has not reached the stream's leader yet. No reconnect and no later event would tell.
 */
const compareEveryMs = 2_000;

/** Compares the live channels with the log again and again. Returns what ends it. */
export function startComparing(registry: Pick<ChannelRegistry, "reconcile">, ready: () => boolean): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy || !ready()) return;
    busy = true;
    // Its failures were reported already; the next turn is the next try.
    registry
      .reconcile()
      .catch(() => undefined)
      .finally(() => (busy = false));
  }, compareEveryMs);
  return () => clearInterval(timer);
}
