import { onTestFinished, vi } from "vitest";

export interface SteadyClock {
  /** Nothing that is counted against a rate is refilled from now on, however long the test takes for its next step. */
  stop(): void;
  start(): void;
  /** So much time has passed at once. */
  pass(milliseconds: number): void;
}

/** This process's `performance.now` in the test's hand, until its end. Timers are not touched. */
export function steadyClock(): SteadyClock {
  const now = performance.now.bind(performance);
  let aheadMs = 0;
  let stoppedMs: number | undefined;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => aheadMs + (stoppedMs ?? now()));
  onTestFinished(() => clock.mockRestore());
  return {
    stop: () => void (stoppedMs ??= now()),
    start: () => void (stoppedMs = undefined),
    pass: (milliseconds) => void (aheadMs += milliseconds),
  };
}

/**
 * This process's `Date.now` in the test's hand, until its end: deadlines come when the test says so, and not while it is
 * still busy with what comes before them. To be taken before the server starts that keeps them.
 */
export function wallClock(): Pick<SteadyClock, "pass"> {
  const now = Date.now.bind(Date);
  let aheadMs = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + aheadMs);
  onTestFinished(() => clock.mockRestore());
  return { pass: (milliseconds) => void (aheadMs += milliseconds) };
}
