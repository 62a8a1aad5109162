import type { Subscription } from "./live-feed.ts";

/** What to do with a marker: `done`, or look again in `inMs` milliseconds. */
export type DeadlineVerdict = { readonly outcome: "done" } | { readonly outcome: "again"; readonly inMs: number };

export type DeadlineHandler = (channelId: string) => Promise<DeadlineVerdict>;

/**
 * One timer per channel, kept by the broker. A marker is a hint: it may come early, late or more than once; the
 * channel's own deadline decides. No marker is lost while no worker runs.
 */
export interface DeadlineStore {
  /** Sets or moves the deadline. `remainingMs` under one second counts as one second. */
  arm(channelId: string, remainingMs: number): Promise<void>;
  /** Takes the timer away without a marker. */
  disarm(channelId: string): Promise<void>;
  /** Hands each elapsed deadline to one of all running workers; a handler that throws sees it again. */
  watchElapsed(handler: DeadlineHandler): Promise<Subscription & { readonly stopped: Promise<void> }>;
}
