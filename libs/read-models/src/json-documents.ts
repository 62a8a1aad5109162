import { isStoreError, type StoredDocument } from "@p4/event-store";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeDocument(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Our own writing, read back. */
export function decodeDocument<T>(document: StoredDocument | null): T | null {
  return document === null ? null : (JSON.parse(decoder.decode(document.bytes)) as T);
}

/** Every lost round means that another writer got through, so this many are never lost for long. */
const maxRounds = 32;

/** Reads, changes and writes; again from the start when another writer was faster. */
export async function retryOnConflict(work: () => Promise<void>): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreError(error, "STORE_REVISION_CONFLICT") || round === maxRounds) throw error;
    }
  }
}
