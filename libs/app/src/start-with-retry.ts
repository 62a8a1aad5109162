import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import type { RunningApp } from "./run-app.ts";
import type { Standby } from "./standby.ts";

const tryAgainMs = 1_000;

export interface RetriedStart {
  /** `beforeListen`: what stands in for the app leaves its address. */
  readonly start: (beforeListen: () => void) => Promise<RunningApp>;
  /** What the process is while its region's home is at another site. Rejects with a StoreError. `beforeListen`: as above. */
  readonly standBy: (beforeListen: () => void) => Promise<Standby>;
  readonly logger: Pick<Logger, "warn">;
  readonly stopping: AbortSignal;
  /** What runs, whose home has left: it ends once this process stands by, and before the app starts again. */
  readonly before?: RunningApp;
}

/**
 * Retries the start while the broker is away: it may be electing a leader. Stands by while the region's home is at
 * another site. Throws what a retry does not cure. Undefined: stopped before it had started.
 */
export async function startWithRetry({
  start,
  standBy,
  logger,
  stopping,
  before,
}: RetriedStart): Promise<RunningApp | undefined> {
  let standby: Standby | null = null;
  let hasLeft = false;
  let ended: Promise<void> | undefined;
  const standByFor = async (reason: string): Promise<void> => {
    // It has given its address to an app that did not come to listen.
    if (hasLeft) await standby?.close();
    if (hasLeft) standby = null;
    hasLeft = false;
    standby ??= await openStandby(() => standBy(() => before?.leaveAddress?.()), reason, logger);
    // Its wallets are sent on when there is someone at its address already.
    ended ??= before?.close().catch((error: unknown) => {
      // Of a broker that is silent, which a home that is cut off has: it is left all the same.
      logger.warn({ error }, "what ran before has not ended in order");
    });
    await standby?.untilHome(stopping);
    await ended;
  };
  try {
    if (before !== undefined) await standByFor("the region's home has left");
    while (!stopping.aborted) {
      try {
        const app = await start(() => {
          hasLeft = true;
          standby?.leaveAddress();
        });
        if (!stopping.aborted) return app;
        await app.close();
      } catch (error) {
        if (!isStoreError(error) || !error.retryable) throw error;
        if (error.code === "STORE_HOME_MOVED") await standByFor(error.message);
        else logger.warn({ code: error.code, reason: error.message }, "not started yet; trying again");
        if (standby === null) await pause(tryAgainMs, stopping);
      }
    }
    return undefined;
  } finally {
    await (standby as Standby | null)?.close();
  }
}

/** Null: the broker is away as well. */
async function openStandby(
  standBy: () => Promise<Standby>,
  reason: string,
  logger: Pick<Logger, "warn">,
): Promise<Standby | null> {
  try {
    const standby = await standBy();
    logger.warn({ code: "STORE_HOME_MOVED", reason }, "standing by: this site is not the region's home");
    return standby;
  } catch (error) {
    if (!isStoreError(error) || !error.retryable) throw error;
    logger.warn({ code: error.code, reason: error.message }, "not started yet; trying again");
    return null;
  }
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
