/** A marker may come this late for the sake of not being handed out twice. */
const toleratedLateMs = 50;

/**
 * The server counts whole seconds. Rounded down: an early marker is looked at again at the right time, a late one
 * would be late.
 */
export function wholeSeconds(remainingMs: number): number {
  return Math.max(1, Math.floor((remainingMs + toleratedLateMs) / 1_000));
}

/**
 * Removes a key for good. A purge marker goes after its second without a MaxAge marker of its own (a DEL marker would
 * leave one), so nothing is left behind.
 */
export const tombstoneLines = "KV-Operation: PURGE\r\nNats-Rollup: sub\r\nNats-TTL: 1\r\n";

/** Header values are compared exactly: other reasons are a purge or a removal by hand. */
export const elapsedReason = "MaxAge";
