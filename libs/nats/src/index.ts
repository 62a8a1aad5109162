export { connectBroker } from "./connect-broker.ts";
export type { BrokerOptions } from "./connect-options.ts";
export type { Broker } from "./broker.ts";
export type { BrokerStatus } from "./broker-status.ts";
export { minimumServerVersion } from "./server-version.ts";
export { provision, markerKeptMs, type ProvisionOptions } from "./provision.ts";
export type { Placement } from "./stream-settings.ts";
export { createEventLog, type EventLogOptions } from "./event-log.ts";
export { assertMayListen, createLiveFeed } from "./live-feed.ts";
export { createDeadlineStore, type DeadlineStoreOptions } from "./deadline-store.ts";
export { createDocumentStore, type DocumentStoreOptions } from "./document-store.ts";
export { createBlobStore, type BlobStoreOptions } from "./blob-store.ts";
export { createPresence, type PresenceOptions } from "./presence.ts";
export { durabilityClass, type DurabilityClass, type DurabilityOptions } from "./durability.ts";
export {
  assertLog,
  endOfLog,
  inspectStreams,
  listChannels,
  type ListedChannel,
  type StreamReport,
} from "./inspect.ts";
