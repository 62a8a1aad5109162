/**
 * Runs several page sources side by side and yields their items as they come; order is kept within a source.
 * Memory is bounded: a source goes on only when its page has been taken.
 */
export async function* mergePages<T>(sources: readonly AsyncGenerator<T[]>[]): AsyncGenerator<T> {
  const next = (source: AsyncGenerator<T[]>) => source.next().then((result) => ({ source, result }));
  const open = new Map(sources.map((source) => [source, next(source)]));
  try {
    while (open.size > 0) {
      const { source, result } = await Promise.race(open.values());
      if (result.done === true) {
        open.delete(source);
        continue;
      }
      open.set(source, next(source));
      yield* result.value;
    }
  } finally {
    // A source may be waiting inside a page; it ends by the caller's abort signal or with that page.
    for (const [source, pending] of open) {
      pending.catch(() => {});
      void source.return(undefined).catch(() => {});
    }
  }
}
