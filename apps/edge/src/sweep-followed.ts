import { markerGraceMs, type FollowedChannel } from "@p4/channel-host";

const sweepEveryMs = 5_000;

/**
 * Expires the followed channels whose deadline passed some time ago without a marker: a broker that is killed at the wrong
 * moment can lose its timer (a campaign lost one of 1,500), and wallets that wait on a socket would never hear.
 */
export async function sweepFollowed(channels: Iterable<FollowedChannel>, nowMs: number): Promise<void> {
  for (const followed of [...channels]) await followed.expireIfOverdue(nowMs, markerGraceMs);
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
    sweepFollowed(channels(), Date.now())
      .catch(onError)
      .finally(() => (busy = false));
  }, sweepEveryMs).unref();
  return () => clearInterval(timer);
}
