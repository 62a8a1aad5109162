import type { ChannelIndex } from "./channel-index.ts";
import { startPeriodicJob } from "./periodic-job.ts";

export interface FollowIndexOptions {
  /** How far the index may stay behind; 10 s. Searches take in the rest themselves. */
  readonly everyMs?: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps the index up to date, so that a search finds little left to take in. Writing in batches costs the broker a
 * fraction of what the log itself does.
 */
export function followIndex(
  index: Pick<ChannelIndex, "catchUp" | "lastRunMs">,
  { everyMs = 10_000, onError }: FollowIndexOptions,
): { close(): Promise<void> } {
  return startPeriodicJob({
    everyMs,
    lastRunMs: () => index.lastRunMs(),
    run: (signal) => index.catchUp({ signal }),
    onError,
  });
}
