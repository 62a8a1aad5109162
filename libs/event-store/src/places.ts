import { StoreError } from "./errors.ts";

/** Runs the work when a place is free. */
export type InPlace = <T>(work: () => Promise<T>) => Promise<T>;

export interface WaitLimit {
  readonly waitMs: number;
  /** What is waited for, in the error's text. */
  readonly name: string;
}

/**
 * Runs a limited number of pieces of work at a time; the others wait in line. With a limit, work that has not begun by then rejects
 * with STORE_UNAVAILABLE and never begins.
 */
export function createPlaces(most: number, limit?: WaitLimit): InPlace {
  const waiting = new Set<() => void>();
  let free = most;

  function place(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const giveUp = ({ waitMs, name }: WaitLimit): void => {
        waiting.delete(begin);
        reject(new StoreError("STORE_UNAVAILABLE", `${name}: no place among ${String(most)} in ${String(waitMs)} ms`));
      };
      const timer = limit === undefined ? undefined : setTimeout(giveUp, limit.waitMs, limit);
      waiting.add(begin);
    });
  }

  return async (work) => {
    if (free > 0) free--;
    else await place();
    try {
      return await work();
    } finally {
      // A place goes to the next in line without becoming free in between.
      const [next] = waiting;
      if (next === undefined) free++;
      else {
        waiting.delete(next);
        next();
      }
    }
  };
}
