import { withClaimCheck, type EventLog } from "@p4/event-store";
import { createBlobStore, createEventLog, createLiveFeed, type Broker } from "@p4/nats";
import { sha256Hex } from "@p4/node-crypto";

/** The log as nodes read it, large events included. Nothing is written through it. */
export function openLog(broker: Broker, names: { readonly region: string; readonly shards: number }): EventLog {
  const [log, feed] = [createEventLog(broker, names), createLiveFeed(broker, names)];
  return withClaimCheck(log, feed, createBlobStore(broker, names), { thresholdBytes: Infinity, sha256Hex }).log;
}
