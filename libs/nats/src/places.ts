/** Runs so many pieces of work at a time; the others wait in line. */
export function createPlaces(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A place goes to the next in line without becoming free in between.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
