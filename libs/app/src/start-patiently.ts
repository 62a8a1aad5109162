import { isStoreError } from "@p4/event-store";
import type { Logger } from "@p4/telemetry";
import type { RunningApp } from "./run-app.ts";
import type { Standby } from "./standby.ts";

const tryAgainMs = 1_000;

export interface PatientStart {
  /** `beforeListen`: what stood in for the app at its address leaves it. */
  readonly start: (beforeListen: () => Promise<void>) => Promise<RunningApp>;
  /** What the process is while its region's home is at another site. Rejects with a StoreError. */
  readonly standBy: () => Promise<Standby>;
  readonly logger: Pick<Logger, "warn">;
  readonly stopping: AbortSignal;
}

/**
 * Tries to start while the broker is merely away: it may be electing a leader. Stands by while the region's home is at
 * another site. Throws what trying again does not cure. Undefined: told to stop before it had started.
 */
export async function startPatiently({
  start,
  standBy,
  logger,
  stopping,
}: PatientStart): Promise<RunningApp | undefined> {
  let standby: Standby | null = null;
  const leave = async (): Promise<void> => {
    const left = standby;
    standby = null;
    await left?.close();
  };
  try {
    while (!stopping.aborted) {
      try {
        const app = await start(leave);
        if (!stopping.aborted) return app;
        await app.close();
      } catch (error) {
        if (!isStoreError(error) || !error.retryable) throw error;
        if (error.code === "STORE_HOME_MOVED") {
          standby ??= await openStandby(standBy, error.message, logger);
          await standby?.untilHome(stopping);
        } else logger.warn({ code: error.code, reason: error.message }, "not started yet; trying again");
        if (standby === null) await pause(tryAgainMs, stopping);
      }
    }
    return undefined;
  } finally {
    await leave();
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
