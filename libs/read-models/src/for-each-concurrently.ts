/**
 * Does the work for each item with bounded concurrency. The source is asked for the next item only when there is room for it,
 * so memory stays flat. The first failure ends it: no further item is begun, and the promise rejects with that failure
 * once the work under way has ended.
 */
export async function forEachConcurrently<T>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (failures.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return;
      await work(next.value);
    }
  };
  const guarded = (): Promise<void> => worker().catch((error: unknown) => void failures.push(error));
  await Promise.all(Array.from({ length: limit }, guarded));
  if (failures.length === 0) return;
  await iterator.return?.();
  throw failures[0];
}
