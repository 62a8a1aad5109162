import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import type { RunningApp } from "./run-app.ts";

const tryAgainMs = 1_000;

/**
 * Tries to start while the broker is merely away: it may be electing a leader. Throws what trying again does not cure.
 * Undefined: told to stop before it had started.
 */
export async function startPatiently(
  start: () => Promise<RunningApp>,
  logger: Pick<Logger, "warn">,
  stopping: AbortSignal,
): Promise<RunningApp | undefined> {
  while (!stopping.aborted) {
    try {
      const app = await start();
      if (!stopping.aborted) return app;
      await app.close();
    } catch (error) {
      if (!isStoreError(error) || !error.retryable) throw error;
      logger.warn({ code: error.code, reason: error.message }, "not started yet; trying again");
      await pause(tryAgainMs, stopping);
    }
  }
  return undefined;
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopping.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
