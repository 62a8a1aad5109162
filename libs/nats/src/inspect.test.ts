import { beforeAll, describe, expect, it } from "vitest";
import type { Broker } from "./broker.ts";
import { createEventLog } from "./event-log.ts";
import { inspectBroker } from "./inspect-broker.ts";
import { assertLog, endOfLog, inspectStreams, listChannels } from "./inspect.ts";
import { findDrift } from "./provision.ts";
import { region, settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const place = { region, shards: settings.shards };
let broker: Broker;

beforeAll(async () => {
  broker = await nats.connect();
  const log = createEventLog(broker, place);
  const bytes = new TextEncoder().encode("{}");
  for (let i = 0; i < 30; i++) {
    const channelId = `c${i}`;
    const first = await log.appendToStream({ channelId, eventId: "1", bytes, expectedStreamVersion: 0 });
    if (i % 3 > 0) continue;
    const expectedStreamVersion = first.nextExpectedStreamVersion;
    await log.appendToStream({ channelId, eventId: "2", bytes, expectedStreamVersion });
  }
});

describe("an operator's view of the broker", () => {
  it("lists every channel with its number of events", async () => {
    const listed = new Map<string, number>();
    for await (const { channelId, events } of listChannels(broker, place)) listed.set(channelId, events);
    expect(listed.size).toBe(30);
    expect([listed.get("c3"), listed.get("c4")]).toEqual([2, 1]);
  });

  it("knows where the log ends", async () => {
    const ends = await endOfLog(broker, place);
    expect([...ends.keys()]).toEqual([0, 1, 2]);
    expect([...ends.values()].reduce((sum, end) => sum + end, 0)).toBe(40);
  });

  it("describes the region's streams and no others", async () => {
    const streams = await inspectStreams(broker, region);
    expect(streams.map(({ stream }) => stream)).toEqual([
      "KV_P4_DEADLINES_test",
      "KV_P4_DRAFTS_test",
      "KV_P4_PROOFS_test",
      "OBJ_P4_ARCHIVE_test",
      "OBJ_P4_BLOBS_test",
      "P4_CHANNELS_test_0",
      "P4_CHANNELS_test_1",
      "P4_CHANNELS_test_2",
    ]);
    expect(streams.filter(({ shards }) => shards === 3).reduce((sum, { messages }) => sum + messages, 0)).toBe(40);
    expect(await inspectStreams(broker, "tes")).toEqual([]);
  });

  it("refuses a broker without the region's log, or with another number of shards", async () => {
    await assertLog(broker, place);
    await expect(assertLog(broker, { region, shards: 4 })).rejects.toMatchObject({ code: "STORE_MISCONFIGURED" });
    await expect(assertLog(broker, { region: "none", shards: 3 })).rejects.toMatchObject({ code: "STORE_MISSING" });
  });

  it("finds what differs from the configuration, and changes nothing", async () => {
    expect(await findDrift(broker, settings)).toEqual([]);
    const drifts = await findDrift(broker, { ...settings, retentionMs: 1_000_000, documents: { more: {} } });
    const found = new Set(drifts.map(({ stream, setting }) => `${stream} ${setting}`));
    expect(found).toContain("KV_P4_MORE_test name");
    expect(found).toContain("P4_CHANNELS_test_1 max_age");
    expect((await inspectStreams(broker, region)).some(({ stream }) => stream.includes("MORE"))).toBe(false);
  });

  it("tells the server's version and its clock", async () => {
    const { version, clockAheadMs, cluster, storedBytes } = await inspectBroker(broker);
    expect(version).toMatch(/^2\.\d+\.\d+/);
    expect(Math.abs(clockAheadMs ?? Infinity)).toBeLessThan(10_000);
    expect([cluster, storedBytes > 0]).toEqual([null, true]);
  });
});
