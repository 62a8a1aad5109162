/** Rejects with the signal's reason when it is aborted first. The work itself goes on, unheard. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    const stopListening = (): void => signal.removeEventListener("abort", abort);
    work.then(resolve, reject).finally(stopListening);
  });
}
