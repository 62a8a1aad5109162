import { expect, it } from "vitest";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();

// The server answers for 1,024 subjects at most, and refuses the whole question beyond.
it("tells the versions of more channels of one shard than the server answers for at once", async () => {
  const broker = await nats.connect();
  const wide = { ...settings, region: "wide", shards: 1 };
  await provision(broker, wide);
  const log = createEventLog(broker, wide);
  const channels = Array.from({ length: 1_500 }, (_, i) => `c${i}`);
  const bytes = new Uint8Array(10);
  await Promise.all(
    channels.map((channelId) => log.appendToStream({ channelId, eventId: "e", bytes, expectedStreamVersion: 0 })),
  );
  expect((await log.streamVersions(channels)).size).toBe(1_500);
});
