import type { BlobStore } from "../blob-store.ts";
import type { DeadlineStore } from "../deadline-store.ts";
import type { DocumentStore } from "../document-store.ts";
import { StoreError, type StoreErrorCode } from "../errors.ts";
import type { EventLog } from "../event-log.ts";
import type { LiveFeed } from "../live-feed.ts";
import { createInMemoryBlobStore } from "./in-memory-blob-store.ts";
import { InMemoryDeadlineStore } from "./in-memory-deadline-store.ts";
import { InMemoryDocumentStore } from "./in-memory-document-store.ts";
import { InMemoryEventLog } from "./in-memory-event-log.ts";
import { InMemoryLiveFeed } from "./in-memory-live-feed.ts";
import { createInMemoryPresence, type PresenceDirectory } from "./in-memory-presence.ts";

export interface InMemoryStoreOptions {
  readonly shards?: number;
  /** Milliseconds since 1970; the machine's clock by default. */
  readonly now?: () => number;
}

/** What a test can make go wrong. */
export interface InMemoryFaults {
  /** The next append fails with this code; `stored` tells whether the event was stored first (a lost answer). */
  failNextAppend(code: StoreErrorCode, stored?: boolean): void;
  /** The next live events never arrive. */
  loseLiveEvents(count: number): void;
  /** As if the connection to the broker had been lost and found again. */
  reconnect(): void;
}

export interface InMemoryStore {
  readonly log: EventLog;
  readonly feed: LiveFeed;
  readonly deadlines: DeadlineStore;
  readonly blobs: BlobStore;
  readonly presence: PresenceDirectory;
  documents(name: string): DocumentStore;
  /** Hands out the deadlines that have elapsed; resolves when they are handled. Nothing elapses without it. */
  tick(): Promise<void>;
  readonly faults: InMemoryFaults;
}

/** All ports in memory, for tests and for trying things out. */
export function createInMemoryStore(options: InMemoryStoreOptions = {}): InMemoryStore {
  const { shards = 4, now = Date.now } = options;
  const feed = new InMemoryLiveFeed();
  const deadlines = new InMemoryDeadlineStore(now);
  const documents = new Map<string, DocumentStore>();
  const failures: { readonly code: StoreErrorCode; readonly stored: boolean }[] = [];
  const failIf = async (stored: boolean): Promise<void> => {
    await Promise.resolve();
    if (failures[0]?.stored !== stored) return;
    const failure = failures.shift();
    if (failure !== undefined) throw new StoreError(failure.code, "made to fail");
  };
  const log = new InMemoryEventLog({
    shards,
    now,
    onStored: (event) => feed.deliver(event),
    beforeAppend: () => failIf(false),
    afterAppend: () => failIf(true),
  });
  return {
    log,
    feed,
    deadlines,
    blobs: createInMemoryBlobStore(),
    presence: createInMemoryPresence(),
    documents(name) {
      const store = documents.get(name) ?? new InMemoryDocumentStore(now);
      documents.set(name, store);
      return store;
    },
    tick: () => deadlines.tick(),
    faults: {
      failNextAppend: (code, stored = false) => failures.push({ code, stored }),
      loseLiveEvents: (count) => feed.loseNext(count),
      reconnect: () => feed.reconnect(),
    },
  };
}
