import type { DocumentStore, EntriesOptions, StoredDocument } from "../document-store.ts";
import { StoreError } from "../errors.ts";
import { assertStoreKey } from "../names.ts";

export class InMemoryDocumentStore implements DocumentStore {
  readonly #now: () => number;
  readonly #documents = new Map<string, StoredDocument>();
  #revision = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async get(key: string): Promise<StoredDocument | null> {
    assertStoreKey(key);
    await Promise.resolve();
    return this.#documents.get(key) ?? null;
  }

  async put(key: string, bytes: Uint8Array, expectedRevision: number): Promise<number> {
    assertStoreKey(key);
    await Promise.resolve();
    const found = this.#documents.get(key)?.revision ?? 0;
    if (found !== expectedRevision) {
      throw new StoreError("STORE_REVISION_CONFLICT", `${key}: expected ${expectedRevision}, found ${found}`);
    }
    return this.#write(key, bytes);
  }

  async set(key: string, bytes: Uint8Array): Promise<number> {
    assertStoreKey(key);
    await Promise.resolve();
    return this.#write(key, bytes);
  }

  async delete(key: string): Promise<void> {
    assertStoreKey(key);
    await Promise.resolve();
    this.#documents.delete(key);
  }

  async *keys(prefix = ""): AsyncGenerator<string> {
    await Promise.resolve();
    for (const key of [...this.#documents.keys()]) if (key.startsWith(prefix)) yield key;
  }

  async *entries(prefix = "", { afterRevision = 0 }: EntriesOptions = {}): AsyncGenerator<StoredDocument> {
    await Promise.resolve();
    const found = [...this.#documents.values()].filter((document) => document.key.startsWith(prefix));
    found.sort((left, right) => left.revision - right.revision);
    for (const document of found) if (document.revision > afterRevision) yield document;
  }

  #write(key: string, bytes: Uint8Array): number {
    this.#revision += 1;
    this.#documents.set(key, { key, bytes: bytes.slice(), revision: this.#revision, storedAtMs: this.#now() });
    return this.#revision;
  }
}
