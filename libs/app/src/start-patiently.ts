import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import type { RunningApp } from "./run-app.ts";

const tryAgainMs = 1_000;
/** A standby serves as soon as it may after a promotion: wallets wait for it. */
const lookForHomeMs = 200;

/**
 * Tries to start while the broker is merely away: it may be electing a leader, or be no home of the region. Throws what trying again does not cure.
 * Undefined: told to stop before it had started.
 */
export async function startPatiently(
  start: () => Promise<RunningApp>,
  logger: Pick<Logger, "warn">,
  stopping: AbortSignal,
): Promise<RunningApp | undefined> {
  let wasStandby = false;
  while (!stopping.aborted) {
    try {
      const app = await start();
      if (!stopping.aborted) return app;
      await app.close();
    } catch (error) {
      if (!isStoreError(error) || !error.retryable) throw error;
      const isStandby = isStoreError(error, "STORE_HOME_MOVED");
      if (!isStandby || !wasStandby) {
        logger.warn({ code: error.code, reason: error.message }, "not started yet; trying again");
      }
      wasStandby = isStandby;
      await pause(isStandby ? lookForHomeMs : tryAgainMs, stopping);
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
