/** A bell: many rings while nobody waits count as one. */
export interface WakeUp {
  wake(): void;
  /** Resolves at the next ring (or at once after an unheard one), after the limit, or when aborted. */
  wait(limitMs: number, signal?: AbortSignal): Promise<void>;
}

export function createWakeUp(): WakeUp {
  let rung = false;
  let release: (() => void) | undefined;
  return {
    wake() {
      rung = true;
      release?.();
    },
    async wait(limitMs, signal) {
      if (!rung && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          const end = (): void => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
            resolve();
          };
          const timer = setTimeout(end, limitMs);
          signal?.addEventListener("abort", end);
          release = end;
        });
        release = undefined;
      }
      rung = false;
    },
  };
}
