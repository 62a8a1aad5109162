import { isStoreError } from "./errors.ts";

/**
 * Read, change, write with the revision that was read: again from the start when another writer was faster. Every lost
 * round means that another one got through, so a limit is only for work that must not wait for long.
 *
 * @throws StoreError STORE_REVISION_CONFLICT after `maxRounds`; whatever `work` throws.
 */
export async function retryOnConflict<T>(work: () => Promise<T>, maxRounds = Infinity): Promise<T> {
  for (let round = 1; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreError(error, "STORE_REVISION_CONFLICT") || round >= maxRounds) throw error;
    }
  }
}
