import { expiryEventId, type FollowedChannel } from "@p4/actors";
import { isOverdue } from "@p4/channel";

/** The broker's timer has the first word: its marker comes within a second or two of the deadline. */
export const graceMs = 10_000;
const sweepEveryMs = 5_000;

/**
 * Expires the channels whose deadline passed some time ago without a marker: a broker that is killed at the wrong moment
 * can lose its timer (a campaign lost one of 1,500), and wallets that wait on a socket would wait for ever. The log takes
 * one expiry, whoever notices first.
 */
export async function expireOverdue(channels: Iterable<FollowedChannel>, nowMs: number): Promise<void> {
  const metadata = { commandId: expiryEventId, nowMs, correlationId: "", causationId: "overdue" };
  for (const followed of [...channels]) {
    if (!isOverdue(followed.channel.snapshot, nowMs - graceMs)) continue;
    await followed.submit({ type: "ExpireChannel", metadata });
  }
}

/** Sweeps until the returned function is called. A sweep that fails is tried again with the next. */
export function startSweeping(
  channels: () => Iterable<FollowedChannel>,
  onError: (error: unknown) => void,
): () => void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    expireOverdue(channels(), Date.now())
      .catch(onError)
      .finally(() => (busy = false));
  }, sweepEveryMs).unref();
  return () => clearInterval(timer);
}
