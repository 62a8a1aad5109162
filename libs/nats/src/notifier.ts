/** Notifications without a waiter are kept as one. */
export interface Notifier {
  notify(): void;
  /** Resolves with the next notification (at once when one is pending), after the limit, or when aborted. */
  wait(limitMs: number, signal?: AbortSignal): Promise<void>;
}

export function createNotifier(): Notifier {
  let pending = false;
  let release: (() => void) | undefined;
  return {
    notify() {
      pending = true;
      release?.();
    },
    async wait(limitMs, signal) {
      if (!pending && signal?.aborted !== true) {
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
      pending = false;
    },
  };
}
