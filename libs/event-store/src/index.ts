export type * from "./stored-event.ts";
export { READ_FROM_LOG, STREAM_DOES_NOT_EXIST } from "./stored-event.ts";
export { storeErrors, StoreError, isStoreError, type StoreErrorCode } from "./errors.ts";
export { IncompleteVersionsError, foundVersions } from "./incomplete-versions.ts";
export type * from "./event-log.ts";
export type * from "./live-feed.ts";
export type * from "./deadline-store.ts";
export type * from "./document-store.ts";
export type * from "./blob-store.ts";
export type * from "./presence.ts";
export { withClaimCheck, type ClaimCheckOptions } from "./claim-check.ts";
export { decodeDocument, encodeDocument } from "./json-document.ts";
export { retryOnConflict } from "./retry-on-conflict.ts";
export { assertChannelId, assertEventId, assertStoreKey } from "./names.ts";
export { createPlaces, type InPlace } from "./places.ts";
export { bytesOf, readInPortions, type PortionOptions } from "./read-in-portions.ts";
export { shardOf } from "./shard-of.ts";
export {
  createInMemoryStore,
  type InMemoryStore,
  type InMemoryStoreOptions,
  type InMemoryFaults,
} from "./in-memory/create-in-memory-store.ts";
export type { IsAlive, PresenceDirectory } from "./in-memory/in-memory-presence.ts";
