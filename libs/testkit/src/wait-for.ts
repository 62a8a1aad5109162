import { setTimeout as delay } from "node:timers/promises";

export interface WaitForOptions {
  /** Default 30 000, as vi.waitFor has it in this repository. A limit for a broken test, not a measurement. */
  readonly timeoutMs?: number;
  /** Default 10. */
  readonly intervalMs?: number;
  /** What is waited for, for the message of the failure. */
  readonly description?: string;
}

/**
 * Waits until the condition gives something truthy and returns that. A condition that throws counts as not yet true;
 * its last error becomes the cause of the failure.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitForOptions = {},
): Promise<Exclude<T, false | 0 | "" | null | undefined>> {
  const { timeoutMs = 30_000, intervalMs = 10, description = condition.toString() } = options;
  let cause: unknown;
  for (const deadlineMs = Date.now() + timeoutMs; ; await delay(intervalMs)) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | 0 | "" | null | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= deadlineMs) throw new Error(`Not true within ${timeoutMs} ms: ${description}`, { cause });
  }
}
