/** Calls `listener` once when the first of the signals comes, at once if one has come. Returns what takes it back. */
export function onAnyAbort(signals: readonly AbortSignal[], listener: () => void): () => void {
  const undo = (): void => {
    for (const signal of signals) signal.removeEventListener("abort", once);
  };
  const once = (): void => {
    undo();
    listener();
  };
  if (signals.some((signal) => signal.aborted)) listener();
  else for (const signal of signals) signal.addEventListener("abort", once);
  return undo;
}
