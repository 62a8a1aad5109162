import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";

/** The parts of `process` in use; tests pass their own. */
export type SignalProcess = Pick<NodeJS.Process, "on" | "off" | "exit">;

/**
 * Starts the services and serves until SIGINT or SIGTERM, then stops them in order. Returns the exit code: 0 after a clean stop,
 * 1 otherwise; the caller sets `process.exitCode`. A second signal exits at once with 130. Rejects when the start fails, stopped.
 */
export async function runUntilSignal(
  lifecycle: Lifecycle,
  logger: Pick<Logger, "info" | "error">,
  target: SignalProcess = process,
): Promise<number> {
  let stopRequested: (() => void) | undefined;
  const firstSignal = new Promise<void>((resolve) => (stopRequested = resolve));
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) return target.exit(130);
    logger.info({ signal }, "stopping; a second signal ends the process at once");
    stopRequested?.();
  };
  target.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    // A signal during the start stops it too; a start that then fails must still be reported.
    const starting = lifecycle.start();
    await Promise.race([starting.then(() => firstSignal), firstSignal]);
    const clean = await lifecycle.stop();
    await starting;
    return clean ? 0 : 1;
  } finally {
    target.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
