import { setTimeout as sleep } from "node:timers/promises";
import type { ChannelIndex } from "./channel-index.ts";

export interface FollowIndexOptions {
  /** How far the index may stay behind; 10 s. Searches take in the rest themselves. */
  readonly everyMs?: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps the index up to date, so that a search finds little left to take in. Writing in batches costs the broker a
 * fraction of what the log itself does. When several processes do this, the one that comes late leaves it for this time.
 */
export function followIndex(
  index: Pick<ChannelIndex, "catchUp" | "lastRunMs">,
  { everyMs = 10_000, onError }: FollowIndexOptions,
): { close(): Promise<void> } {
  const stop = new AbortController();
  const { signal } = stop;
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const lastRunMs = await index.lastRunMs();
        const isFresh = lastRunMs !== null && Math.abs(Date.now() - lastRunMs) < everyMs / 2;
        if (!isFresh) await index.catchUp({ signal });
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
    }
  };
  const running = run();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
