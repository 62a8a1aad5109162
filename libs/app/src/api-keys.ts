import { isStoreError, type DocumentStore } from "@p4/event-store";
import { apiKeyHolds, apiKeyIdOf, type ApiKey } from "./api-key.ts";

/** The bucket of the merchant's API keys: written by the operator, read by payd. */
export const apiKeyBucket = "paydkeys";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The API keys in their bucket. Each method rejects with a StoreError. */
export class ApiKeys {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async add(key: ApiKey): Promise<void> {
    await this.#documents.put(key.id, encode(key), 0);
  }

  async get(id: string): Promise<ApiKey | null> {
    const stored = /^[0-9a-f]{12}$/.test(id) ? await this.#documents.get(id) : null;
    return stored === null ? null : decode(stored.bytes);
  }

  /** The key whose text this is; null for an unknown, replaced or revoked one. Read from the store each time: a revocation counts at once. */
  async find(text: string, nowMs: number): Promise<ApiKey | null> {
    const key = await this.get(apiKeyIdOf(text) ?? "");
    return key !== null && apiKeyHolds(key, text, nowMs) ? key : null;
  }

  /** Changes what is stored, again if another writer was first. Null: there is no such key. */
  async update(id: string, change: (key: ApiKey) => ApiKey): Promise<ApiKey | null> {
    for (;;) {
      const stored = /^[0-9a-f]{12}$/.test(id) ? await this.#documents.get(id) : null;
      if (stored === null) return null;
      const after = change(decode(stored.bytes));
      try {
        await this.#documents.put(id, encode(after), stored.revision);
        return after;
      } catch (error) {
        if (!isStoreError(error, "STORE_REVISION_CONFLICT")) throw error;
      }
    }
  }

  /** The oldest first. */
  async list(): Promise<readonly ApiKey[]> {
    const found = new Map<string, ApiKey>();
    for await (const { key, bytes } of this.#documents.entries()) found.set(key, decode(bytes));
    return [...found.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  }
}

function encode(key: ApiKey): Uint8Array {
  return encoder.encode(JSON.stringify(key));
}

function decode(bytes: Uint8Array): ApiKey {
  return JSON.parse(decoder.decode(bytes)) as ApiKey;
}
