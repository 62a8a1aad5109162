export type * from "./stored-event.ts";
export { STREAM_DOES_NOT_EXIST } from "./stored-event.ts";
export { storeErrors, StoreError, isStoreError, type StoreErrorCode } from "./errors.ts";
export type * from "./event-log.ts";
export type * from "./live-feed.ts";
export type * from "./deadline-store.ts";
export type * from "./document-store.ts";
