import { setTimeout as sleep } from "node:timers/promises";

export interface TurnsOptions {
  /** The period of the work over all processes. */
  readonly everyMs: number;
  /** When a process last did it, by the broker's clock; null: never. */
  readonly lastRunMs: () => Promise<number | null>;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/**
 * Repeats a piece of work that any number of processes may do: no leader, and no harm when two do it at once. The one that
 * comes shortly after another leaves it for this time. A run that fails is tried again with the next.
 */
export function takeTurns({ everyMs, lastRunMs, run, onError }: TurnsOptions): { close(): Promise<void> } {
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
