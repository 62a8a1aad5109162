import { isStoreError, type AppendRequest } from "@p4/event-store";
import { eventLogContract } from "@p4/event-store/testing";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Broker } from "./broker.ts";
import type { BrokerStatus } from "./broker-status.ts";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { publishAcked } from "./pub-ack.ts";
import { channelAddress, createNames } from "./subjects.ts";
import { useCluster } from "./test-support/use-cluster.ts";
import { settings } from "./test-support/use-nats.ts";

const patient = { timeout: 60_000, interval: 20 };
const slow = { timeout: 120_000 };
const three = { ...settings, region: "three", shards: 2, replicas: 3 };
const alone = { ...settings, region: "alone", shards: 2, replicas: 1 };

const cluster = useCluster();
let one: Broker;
let two: Broker;
beforeAll(async () => {
  one = await cluster.connect();
  two = await cluster.connect();
  for (const options of [three, alone]) {
    await vi.waitFor(() => provision(one, options), patient);
  }
}, 120_000);

// Any member answers a plain read, also one that has not heard yet of what the leader acknowledged a moment ago.
const asTheLeaderHasIt = { ...three, isSuspect: () => true };
eventLogContract("JetStream with three replicas", () => createEventLog(one, asTheLeaderHasIt));
eventLogContract("JetStream with three replicas, in batches", () =>
  createEventLog(one, { ...asTheLeaderHasIt, groupCommit: "always" }),
);

/** The bare append: what the broker itself answers to this event id and expectation. */
function bareAppend(options: typeof three, { channelId, eventId, bytes, expectedStreamVersion }: AppendRequest) {
  const { eventSubject, stream } = channelAddress(createNames(options.region, options.shards), channelId);
  const headerLines =
    `Nats-Expected-Last-Subject-Sequence: ${String(expectedStreamVersion)}\r\n` +
    `Nats-Msg-Id: ${channelId}:${eventId}\r\n`;
  return publishAcked(one, { subject: eventSubject, stream, headerLines, bytes, isEvent: true });
}

it("tells each append of a batch its own version, on three copies as on one", slow, async () => {
  for (const options of [three, alone]) {
    const log = createEventLog(one, { ...options, groupCommit: "always", isSuspect: () => true });
    const ids = Array.from({ length: 200 }, (_, i) => `grouped-${String(i)}`);
    const appended = await Promise.all(
      ids.map((channelId) =>
        log.appendToStream({ channelId, eventId: "first", bytes: new Uint8Array(10), expectedStreamVersion: 0 }),
      ),
    );
    const stored = await log.streamVersions(ids);
    expect(ids.map((id) => stored.get(id))).toEqual(appended.map((result) => result.nextExpectedStreamVersion));
  }
});

describe("an event that is appended again on its old version", () => {
  const request = { channelId: "again", eventId: "first", bytes: new Uint8Array(10), expectedStreamVersion: 0 };

  it("conflicts on a stream of one copy, and is found there all the same", slow, async () => {
    const log = createEventLog(one, alone);
    const { nextExpectedStreamVersion } = await log.appendToStream(request);
    await expect(bareAppend(alone, request)).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
    expect(await log.appendToStream(request)).toEqual({ nextExpectedStreamVersion, duplicate: true });
  });

  it("is a duplicate on a stream of three copies, with the version that it had", slow, async () => {
    const log = createEventLog(one, three);
    const { nextExpectedStreamVersion } = await log.appendToStream(request);
    expect(await bareAppend(three, request)).toMatchObject({ seq: nextExpectedStreamVersion, duplicate: true });
    expect(await log.appendToStream(request)).toEqual({ nextExpectedStreamVersion, duplicate: true });
    // Another event on the old version is a conflict here as well.
    const other = { ...request, eventId: "second" };
    await expect(log.appendToStream(other)).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
  });
});

describe("one event that two nodes append at once", () => {
  it("is stored once, and a caller that has to wait is told to: no broker counts as silent for it", slow, async () => {
    const logs = [createEventLog(one, three), createEventLog(two, three)];
    const unanswered = [vi.spyOn(one.health, "unanswered"), vi.spyOn(two.health, "unanswered")];
    const codes: string[] = [];
    const append = async (at: number, request: AppendRequest) => {
      for (;;) {
        try {
          return await logs[at]!.appendToStream(request);
        } catch (error) {
          if (!isStoreError(error)) throw error;
          codes.push(error.code);
          if (error.code !== "STORE_APPEND_IN_FLIGHT") throw error;
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
      }
    };
    for (let pair = 0; pair < 60; pair++) {
      const channelId = `pair${String(pair)}`;
      const request = { channelId, eventId: "same", bytes: new Uint8Array(500), expectedStreamVersion: 0 };
      const [first, second] = await Promise.all([append(0, request), append(1, request)]);
      expect(second.nextExpectedStreamVersion).toBe(first.nextExpectedStreamVersion);
      expect([first.duplicate, second.duplicate].sort()).toEqual([false, true]);
    }
    expect(codes.filter((code) => code !== "STORE_APPEND_IN_FLIGHT")).toEqual([]);
    for (const spy of unanswered) expect(spy).not.toHaveBeenCalledWith("append");
  });
});

// Last: its server takes no clients any more.
describe("a server that shuts down in lame duck mode", () => {
  it("is left at once, before it cuts its clients", slow, async () => {
    const statuses: BrokerStatus[] = [];
    const broker = await cluster.connect((status) => statuses.push(status));
    const before = broker.nc.getServer();
    const server = cluster.servers.find(({ port }) => before.endsWith(`:${String(port)}`));
    process.kill(server?.pid ?? 0, "SIGUSR2");
    await vi.waitFor(() => expect(statuses.map(({ type }) => type)).toContain("server-draining"), patient);
    await vi.waitUntil(() => broker.ready(), patient);
    expect(broker.nc.getServer()).not.toBe(before);
    const log = createEventLog(broker, three);
    const request = { channelId: "moved", eventId: "e", bytes: new Uint8Array(10), expectedStreamVersion: 0 };
    await vi.waitFor(() => log.appendToStream(request), patient);
    expect(await log.readStream("moved", { consistent: true })).toHaveLength(1);
  });
});
