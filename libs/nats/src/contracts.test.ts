import {
  blobStoreContract,
  deadlineStoreContract,
  documentStoreContract,
  eventLogContract,
  liveFeedContract,
  presenceContract,
} from "@p4/event-store/testing";
import { beforeAll, vi } from "vitest";
import { createBlobStore } from "./blob-store.ts";
import type { Broker } from "./broker.ts";
import { createDeadlineStore } from "./deadline-store.ts";
import { createDocumentStore } from "./document-store.ts";
import { createEventLog } from "./event-log.ts";
import { createLiveFeed } from "./live-feed.ts";
import { createPresence } from "./presence.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
let one: Broker;
let two: Broker;
beforeAll(async () => {
  one = await nats.connect();
  two = await nats.connect();
});

eventLogContract("JetStream", () => createEventLog(one, settings));
for (const groupCommit of ["always", "never"] as const) {
  eventLogContract(`JetStream, batches: ${groupCommit}`, () => createEventLog(one, { ...settings, groupCommit }));
}
// Events appended by one connection are heard on the other.
liveFeedContract("JetStream", () => ({
  log: createEventLog(one, settings),
  feed: createLiveFeed(two, { ...settings, withTraces: true }),
}));
documentStoreContract("JetStream", () => createDocumentStore(one, { ...settings, name: "proofs" }));
blobStoreContract("JetStream", () => createBlobStore(one, settings));
presenceContract("JetStream", () => {
  let brokers = [one, two];
  return (nodeId, isAlive) => {
    const [broker = one, ...rest] = brokers;
    brokers = [...rest, broker];
    return createPresence(broker, { ...settings, nodeId, isAlive });
  };
});
deadlineStoreContract("JetStream", () => ({
  workers: [createDeadlineStore(one, settings), createDeadlineStore(two, settings)],
  nowMs: Date.now,
  async elapseUntil(condition) {
    await vi.waitUntil(condition);
  },
}));
