export { connectBroker } from "./connect-broker.ts";
export type { BrokerOptions } from "./connect-options.ts";
export type { Broker } from "./broker.ts";
export type { BrokerStatus } from "./broker-status.ts";
export { minimumServerVersion } from "./server-version.ts";
export { provision, markerKeptMs, type ProvisionOptions } from "./provision.ts";
export type { Placement } from "./stream-settings.ts";
export { createEventLog, type EventLogOptions } from "./event-log.ts";
export { createLiveFeed } from "./live-feed.ts";
