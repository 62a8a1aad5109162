/** Registers with some source of news; returns what ends the registration. */
export type Subscribe<Value> = (resolve: (value: Value) => void, reject: (error: Error) => void) => () => void;

/** A promise for the first news of a source. An abort rejects it with the signal's reason. Leaves nothing registered. */
export function firstOf<Value>(subscribe: Subscribe<Value>, signal?: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(abortReason(signal));
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
      if (signal !== undefined) reject(abortReason(signal));
    };
    signal?.addEventListener("abort", onAbort);
    unsubscribe = subscribe(
      (value) => {
        settle();
        resolve(value);
      },
      (error) => {
        settle();
        reject(error);
      },
    );
    // News may come during the registration itself.
    if (settled) unsubscribe();
  });
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("aborted", { cause: signal.reason });
}
