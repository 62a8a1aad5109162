import { type EventLog } from "@p4/event-store";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Broker } from "./broker.ts";
import { createEventLog } from "./event-log.ts";
import { provision } from "./provision.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const large = { ...settings, region: "large", shards: 2 };
const channels = Array.from({ length: 100 }, (_, i) => `c${String(i)}`);
const slow = 120_000;

// All of them at once are more than a broker lets wait for one connection: it would cut the asker off.
describe("channels whose events are large", () => {
  const states: string[] = [];
  let broker: Broker;
  let log: EventLog;
  beforeAll(async () => {
    broker = await nats.connect({ requestTimeoutMs: 60_000, onStatus: ({ type }) => states.push(type) });
    await provision(broker, large);
    log = createEventLog(broker, large);
    const bytes = new Uint8Array(900_000);
    for (const channelId of channels) {
      await log.appendToStream({ channelId, eventId: "e", bytes, expectedStreamVersion: 0 });
    }
  }, slow);

  it(
    "tell their versions",
    async () => {
      const asked = Array.from({ length: 3 }, () => log.streamVersions(channels));
      for (const versions of await Promise.all(asked)) expect(versions.size).toBe(100);
      expect(states).not.toContain("disconnected");
    },
    slow,
  );

  it.each([{ consistent: false }, { consistent: true }])(
    "are read all at once: %o",
    async (options) => {
      const read = await Promise.all(channels.map((channelId) => log.readStream(channelId, options)));
      expect(read.map((events) => events.length)).toEqual(channels.map(() => 1));
      expect(states).not.toContain("disconnected");
    },
    slow,
  );

  it(
    "are read within a limit of time, each of them, from a broker that has fallen silent",
    async () => {
      const hasty = await nats.connect({ requestTimeoutMs: 300, pingIntervalMs: 60_000 });
      const hastyLog = createEventLog(hasty, large);
      await nats.server.pause();
      try {
        const reads = await Promise.allSettled(channels.map((channelId) => hastyLog.readStream(channelId)));
        for (const read of reads)
          expect(read).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
      } finally {
        nats.server.resume();
      }
      // What was asked meanwhile is answered first, and so much takes a busy machine longer than one question may.
      await vi.waitFor(async () => expect(await hastyLog.readStream("c0")).toHaveLength(1), { timeout: 30_000 });
    },
    slow,
  );
});
