/** Registers with some source of news; returns what ends the registration. */
export type Subscribe<Value> = (resolve: (value: Value) => void, reject: (error: unknown) => void) => () => void;

/** A promise for the first news of a source. An abort rejects it with the signal's reason. Leaves nothing registered. */
export function firstOf<Value>(subscribe: Subscribe<Value>, signal?: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    let unsubscribe: (() => void) | null = null;
    let settled = false;
    const settle = (): void => {
      settled = true;
      unsubscribe?.();
      signal?.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      settle();
      reject(signal?.reason as Error);
    };
    signal?.addEventListener("abort", onAbort);
    unsubscribe = subscribe(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error as Error);
      },
    );
    // News may come during the registration itself.
    if (settled) unsubscribe();
  });
}
