export interface BackoffPolicy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultBackoff: BackoffPolicy = { firstDelayMs: 200, maxDelayMs: 15_000 };

/**
 * Exponential, with half of the delay left to chance, so that the clients of a lost server do not return as one.
 * `failures` counts from 1; `random` is in [0, 1).
 */
export function backoffDelayMs(policy: BackoffPolicy, failures: number, random: number): number {
  const full = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(full * (0.5 + random / 2));
}
