import { setTimeout as sleep } from "node:timers/promises";

export interface PeriodicJob {
  /** The period of the work over all processes. */
  readonly everyMs: number;
  /** When a process last did it, by the broker's clock; null: never. */
  readonly lastRunMs: () => Promise<number | null>;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * A periodic job without a leader: any number of processes may run it, also at once. Each skips a run shortly after
 * another's. A failed run is retried with the next period.
 */
export function startPeriodicJob({ everyMs, lastRunMs, run, onError }: PeriodicJob): { close(): Promise<void> } {
  const stop = new AbortController();
  const { signal } = stop;
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(everyMs * (0.75 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        const lastMs = await lastRunMs();
        const isFresh = lastMs !== null && Math.abs(Date.now() - lastMs) < everyMs / 2;
        if (!isFresh) await run(signal);
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
    }
  };
  const running = repeat();
  return {
    async close() {
      stop.abort();
      await running;
    },
  };
}
