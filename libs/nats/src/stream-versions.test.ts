import { foundVersions, shardOf } from "@p4/event-store";
import { expect, it } from "vitest";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();

// The server answers for 1,024 subjects at most, and refuses the whole question beyond.
it("tells the versions of more channels of one shard than the server answers for at once", async () => {
  const broker = await nats.connect({ requestTimeoutMs: 60_000 });
  const wide = { ...settings, region: "wide", shards: 1 };
  await provision(broker, wide);
  const log = createEventLog(broker, wide);
  const channels = Array.from({ length: 1_500 }, (_, i) => `c${i}`);
  const bytes = new Uint8Array(10);
  await Promise.all(
    channels.map((channelId) => log.appendToStream({ channelId, eventId: "e", bytes, expectedStreamVersion: 0 })),
  );
  expect((await log.streamVersions(channels)).size).toBe(1_500);
}, 120_000);

it("tells with its error what the other shards said when one is gone", async () => {
  const broker = await nats.connect();
  const maimed = { ...settings, region: "maimed", shards: 2 };
  await provision(broker, maimed);
  const log = createEventLog(broker, maimed);
  const channels = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const bytes = new Uint8Array(10);
  for (const channelId of channels.slice(0, 10)) {
    await log.appendToStream({ channelId, eventId: "e", bytes, expectedStreamVersion: 0 });
  }
  const versions = await log.streamVersions(channels);
  await broker.api("STREAM.DELETE.P4_CHANNELS_maimed_1");
  const healthy = channels.filter((channelId) => shardOf(channelId, 2) === 0);
  const error: unknown = await log.streamVersions(channels).catch((cause: unknown) => cause);
  expect(error).toMatchObject({ code: "STORE_MISSING" });
  // 0: asked, and without events.
  expect(foundVersions(error)).toEqual(new Map(healthy.map((channelId) => [channelId, versions.get(channelId) ?? 0])));
  expect(healthy.length).toBeGreaterThan(0);
});
