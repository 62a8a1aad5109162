import { isStoreError, type EventLog, type LiveEvent } from "@p4/event-store";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createDeadlineStore } from "./deadline-store.ts";
import { createEventLog } from "./event-log.ts";
import { createLiveFeed } from "./live-feed.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const bytes = new Uint8Array(200);

interface Writer {
  readonly channelId: string;
  /** Versions that the broker acknowledged. */
  readonly acknowledged: number[];
  failures: number;
}

/** Appends one event after the other; repeats an event whose fate is unknown, as an actor does, until it is known. */
async function appendUntil(log: EventLog, channelId: string, stopped: () => boolean): Promise<Writer> {
  const writer: Writer = { channelId, acknowledged: [], failures: 0 };
  let unknown = false;
  for (let i = 0; unknown || !stopped();) {
    const expectedStreamVersion = writer.acknowledged.at(-1) ?? 0;
    try {
      const result = await log.appendToStream({ channelId, eventId: `e${i}`, bytes, expectedStreamVersion });
      writer.acknowledged.push(result.nextExpectedStreamVersion);
      unknown = false;
      i += 1;
    } catch (error) {
      if (!isStoreError(error, "STORE_UNAVAILABLE")) throw error;
      unknown = true;
      writer.failures += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  return writer;
}

describe("a broker that is killed and started again", () => {
  afterEach(async () => {
    if (!nats.server.isRunning) await nats.server.restart();
  });

  it("has everything that it acknowledged, once, and nothing else", async () => {
    const broker = await nats.connect();
    const log = createEventLog(broker, settings);
    let stopped = false;
    const run = Date.now();
    const writers = Array.from({ length: 40 }, (_, i) => appendUntil(log, `w${run}-${i}`, () => stopped));
    for (let crash = 0; crash < 2; crash++) {
      const goal = log.scan({ follow: true, signal: AbortSignal.timeout(30_000) });
      let seen = 0;
      for await (const event of goal) if (event.channelId.startsWith(`w${run}`) && ++seen === 400) break;
      await nats.server.kill();
      await vi.waitUntil(() => !broker.ready());
      await nats.server.restart();
      await vi.waitUntil(() => broker.ready());
    }
    stopped = true;
    for (const writer of await Promise.all(writers)) {
      const stored = await log.readStream(writer.channelId, { consistent: true });
      expect(stored.map((event) => event.streamVersion)).toEqual(writer.acknowledged);
      expect(writer.failures).toBeGreaterThan(0);
    }
  });

  it("is refused to callers at once while it is away, and heard again without a restart of ours", async () => {
    // Longer than this test may take: neither an open nor a new call may wait for it.
    const broker = await nats.connect({ requestTimeoutMs: 600_000 });
    const [log, feed] = [createEventLog(broker, settings), createLiveFeed(broker, settings)];
    const seen: LiveEvent[] = [];
    const channels = [`before${Date.now()}`, `during${Date.now()}`] as const;
    feed.subscribe(channels[0], (event) => seen.push(event));
    const recovered = new Promise<void>((resolve) => feed.onReconnect(resolve));
    const request = { channelId: channels[0], eventId: "away", bytes, expectedStreamVersion: 0 };
    await nats.server.pause();
    const open = expect(log.appendToStream(request)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await nats.server.kill();
    await open;
    await vi.waitUntil(() => !broker.ready());
    await expect(log.appendToStream(request)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
    await expect(log.readStream("away")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    // Subscriptions are kept, also those made now.
    feed.subscribe(channels[1], (event) => seen.push(event));
    await nats.server.restart();
    await recovered;
    for (const channelId of channels) {
      await log.appendToStream({ channelId, eventId: "e", bytes, expectedStreamVersion: 0 });
    }
    await vi.waitFor(() => expect(seen.map((event) => event.channelId)).toEqual(channels));
  });

  it("fails pending requests when it falls silent, long before its connection is given up", async () => {
    const broker = await nats.connect({ requestTimeoutMs: 1_000, pingIntervalMs: 60_000 });
    const [log, feed] = [createEventLog(broker, settings), createLiveFeed(broker, settings)];
    await nats.server.pause();
    try {
      const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };
      await expect(feed.settled()).rejects.toMatchObject(unavailable);
      await expect(log.readStream("silent")).rejects.toMatchObject(unavailable);
      expect(broker.ready()).toBe(true);
    } finally {
      nats.server.resume();
    }
    await vi.waitFor(() => feed.settled());
  });

  it("counts as back although the listener of its news throws", async () => {
    let loud = false;
    const onStatus = (): void => {
      if (loud) throw new Error("of the listener");
    };
    const broker = await nats.connect({ onStatus });
    loud = true;
    await nats.server.kill();
    await vi.waitUntil(() => !broker.ready());
    await nats.server.restart();
    await vi.waitUntil(() => broker.ready());
    await createEventLog(broker, settings).readStream("any");
    loud = false;
  });

  it("is left within seconds when it is silent, and rejects pending requests", async () => {
    // Longer than this test may take: the client alone would wait for the answer to a ping for two of these.
    const broker = await nats.connect({ requestTimeoutMs: 60_000, pingIntervalMs: 120_000 });
    const log = createEventLog(broker, settings);
    await nats.server.pause();
    try {
      const read = expect(log.readStream("left")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      await Promise.all([broker.close(), broker.close()]);
      await read;
      expect(broker.nc.isClosed()).toBe(true);
    } finally {
      nats.server.resume();
    }
  });

  it("counts as away at once when it says that it shuts down, although it answers pings", async () => {
    const broker = await nats.connect();
    const log = createEventLog(broker, settings);
    process.kill(nats.server.pid, "SIGUSR2");
    await vi.waitUntil(() => !broker.ready());
    const request = { channelId: "ldm", eventId: "e", bytes, expectedStreamVersion: 0 };
    await expect(log.appendToStream(request)).rejects.toThrow(/the server is shutting down/);
    await nats.server.kill();
    await nats.server.restart();
    await vi.waitUntil(() => broker.ready());
    await log.appendToStream(request);
  });

  it("hands out deadlines that elapsed while it and all workers were down, exactly once", async () => {
    const broker = await nats.connect();
    const deadlines = createDeadlineStore(broker, settings);
    const seen: string[] = [];
    const watch = () =>
      deadlines.watchElapsed(async (channelId) => {
        seen.push(channelId);
        return { outcome: "done" };
      });
    const first = await watch();
    await deadlines.arm("overdue", 1_000);
    first.unsubscribe();
    await first.stopped;
    await nats.server.kill();
    await vi.waitUntil(() => !broker.ready());
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await nats.server.restart();
    await vi.waitUntil(() => broker.ready());
    const [second, third] = [await watch(), await watch()];
    await vi.waitUntil(() => seen.includes("overdue"));
    await deadlines.arm("later", 1_000);
    await vi.waitUntil(() => seen.includes("later"));
    for (const watcher of [second, third]) {
      watcher.unsubscribe();
      await watcher.stopped;
    }
    expect(seen).toEqual(["overdue", "later"]);
    const { state } = await broker.api<{ state: { messages: number } }>("STREAM.INFO.KV_P4_DEADLINES_test");
    expect(state.messages).toBeLessThanOrEqual(1);
  });

  it("goes on with the next deadline when a handler throws outside of its promise", async () => {
    const broker = await nats.connect();
    const deadlines = createDeadlineStore(broker, settings);
    const seen: string[] = [];
    const handler = (channelId: string): Promise<{ outcome: "done" }> => {
      seen.push(channelId);
      if (channelId === "thrown" && seen.length === 1) throw new Error("at once, not later");
      return Promise.resolve({ outcome: "done" });
    };
    const watcher = await deadlines.watchElapsed(handler);
    await deadlines.arm("thrown", 1_000);
    await vi.waitUntil(() => seen.includes("thrown"));
    await deadlines.arm("next", 1_000);
    await vi.waitUntil(() => seen.includes("next"));
    expect(broker.ready()).toBe(true);
    watcher.unsubscribe();
    await watcher.stopped;
  });

  it("recreates its consumer when it was deleted", async () => {
    const broker = await nats.connect();
    const deadlines = createDeadlineStore(broker, settings);
    const seen: string[] = [];
    const watcher = await deadlines.watchElapsed(async (channelId) => {
      seen.push(channelId);
      return { outcome: "done" };
    });
    await broker.api("CONSUMER.DELETE.KV_P4_DEADLINES_test.expiry");
    await deadlines.arm("orphan", 1_000);
    await vi.waitUntil(() => seen.includes("orphan"));
    watcher.unsubscribe();
    await watcher.stopped;
  });
});
