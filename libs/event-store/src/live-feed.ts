import type { LiveEvent } from "./stored-event.ts";

export interface Subscription {
  unsubscribe(): void;
}

/**
 * What was stored, as it is stored, per channel. At most once: an event can be missing, which the next one's
 * `previousStreamVersion` reveals; the reader fills the gap from the {@link EventLog}. An event that is too large comes
 * without its bytes, as a gap.
 */
export interface LiveFeed {
  subscribe(channelId: string, listener: (event: LiveEvent) => void): Subscription;
  /** Called each time after the connection was lost and found again: every reader must compare with the log. */
  onReconnect(listener: () => void): Subscription;
  /** Resolves once the broker knows all subscriptions made so far: what is stored from then on will be heard. */
  settled(): Promise<void>;
}
