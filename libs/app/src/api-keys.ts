import {
  decodeDocument,
  encodeDocument,
  retryOnConflict,
  type DocumentStore,
  type StoredDocument,
} from "@p4/event-store";
import { apiKeyHolds, apiKeyIdOf, type ApiKey } from "./api-key.ts";

/** The bucket of the merchant's API keys: written by the operator, read by payd. */
export const apiKeyBucket = "paydkeys";

/** The API keys in their bucket. Each method rejects with a StoreError. */
export class ApiKeys {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async add(key: ApiKey): Promise<void> {
    await this.#documents.put(key.id, encodeDocument(key), 0);
  }

  async get(id: string): Promise<ApiKey | null> {
    return decodeDocument<ApiKey>(await this.#stored(id));
  }

  /** The key whose text this is; null for an unknown, replaced or revoked one. Read from the store each time: a revocation counts at once. */
  async find(text: string, nowMs: number): Promise<ApiKey | null> {
    const key = await this.get(apiKeyIdOf(text) ?? "");
    return key !== null && apiKeyHolds(key, text, nowMs) ? key : null;
  }

  /** Changes what is stored, again if another writer was first. Null: there is no such key. */
  update(id: string, change: (key: ApiKey) => ApiKey): Promise<ApiKey | null> {
    return retryOnConflict(async () => {
      const stored = await this.#stored(id);
      if (stored === null) return null;
      const after = change(decodeDocument<ApiKey>(stored));
      await this.#documents.put(id, encodeDocument(after), stored.revision);
      return after;
    });
  }

  /** The oldest first. */
  async list(): Promise<readonly ApiKey[]> {
    const found = new Map<string, ApiKey>();
    for await (const document of this.#documents.entries()) found.set(document.key, decodeDocument(document));
    return [...found.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  #stored(id: string): Promise<StoredDocument | null> {
    return /^[0-9a-f]{12}$/.test(id) ? this.#documents.get(id) : Promise.resolve(null);
  }
}
