import type { Lifecycle } from "./lifecycle.ts";
import type { Logger } from "./logger.ts";
import { settledWithin } from "./settled-within.ts";

/** The parts of `process` in use; tests pass their own. */
export type SignalProcess = Pick<NodeJS.Process, "on" | "off" | "exit">;

export interface RunOptions {
  readonly logger: Pick<Logger, "info">;
  /** Says to a person that the process stops. Default: the log does. */
  readonly tell?: (text: string) => void;
  /** Ends the run as a signal does. Its failure is thrown once everything has stopped. */
  readonly until?: Promise<unknown>;
  readonly target?: SignalProcess;
}

/**
 * Starts the services and serves until SIGINT or SIGTERM, then stops them in order. Returns the exit code: 0 after a clean
 * stop, 1 otherwise; hand it to `exitSoon`. A second signal exits at once with 130. Rejects when the start fails, stopped.
 */
export async function runUntilSignal(lifecycle: Lifecycle, options: RunOptions): Promise<number> {
  const {
    logger,
    tell = (text) => logger.info(text),
    until = new Promise(() => undefined),
    target = process,
  } = options;
  let stopRequested: (() => void) | undefined;
  const firstSignal = new Promise<void>((resolve) => (stopRequested = resolve));
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals): void => {
    signals += 1;
    if (signals > 1) return target.exit(130);
    tell(`stopping (${signal}); a second signal ends the process at once`);
    stopRequested?.();
  };
  target.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    // A signal during the start stops it too; a start that then fails must still be reported.
    const starting = lifecycle.start();
    const ended = await outcomeOf(Promise.race([starting.then(() => firstSignal), firstSignal, until]));
    const clean = await lifecycle.stop();
    if (ended !== undefined) throw ended.failure;
    // One that is still under way after all has stopped was left behind.
    if (await settledWithin(starting, 0)) await starting;
    return clean ? 0 : 1;
  } finally {
    target.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

/** Undefined, or its failure. */
async function outcomeOf(promise: Promise<unknown>): Promise<{ readonly failure: unknown } | undefined> {
  try {
    await promise;
    return undefined;
  } catch (failure) {
    return { failure };
  }
}
