import { setTimeout as sleep } from "node:timers/promises";

const askEveryMs = 3_000;
/** In a row: one that is busy, or that starts again, answers before. */
const missesToTell = 3;

/**
 * Tells a person when a server that runs is not healthy, and when it is again: nothing can be stored meanwhile, and the apps'
 * log lines are in a file. Returns what ends it.
 *
 * @param healthUrl answers 200 while the server serves
 */
export function watchHealth(healthUrl: string, tell: (text: string) => void, everyMs = askEveryMs): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;
  let misses = 0;
  const ask = async (): Promise<void> => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(everyMs)]);
    const isHealthy = await fetch(healthUrl, { signal: limit }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (signal.aborted) return;
    if (isHealthy && misses >= missesToTell) tell("nats-server is healthy again");
    misses = isHealthy ? 0 : misses + 1;
    if (misses === missesToTell) tell("nats-server does not answer: nothing is stored until it does");
  };
  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal, ref: false });
      await ask();
    }
  };
  void watch().catch(() => undefined);
  return () => stopping.abort();
}
