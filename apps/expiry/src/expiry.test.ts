import { decodeEvent, type ChannelEvent } from "@p4/channel";
import { loadConfig } from "@p4/config";
import { openChannelNode, placementOf, type ChannelNode } from "@p4/app";
import { createLogger } from "@p4/telemetry";
import { waitFor, withNatsServer } from "@p4/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startExpiry } from "./start-expiry.ts";

const nats = withNatsServer();
const config = loadConfig({ P4_SHARDS: "2" });
const logger = createLogger({ level: "silent", name: "expiry" });
const bucket = "P4_DEADLINES_local";
let node: ChannelNode;
let workers: Awaited<ReturnType<typeof startExpiry>>[] = [];

beforeAll(async () => {
  node = await openChannelNode({ natsUrl: nats.url, name: "test", ...placementOf(config) });
  const start = () => startExpiry({ config, logger, natsUrl: nats.url, sweepEveryMs: 1_000 });
  workers = await Promise.all([start(), start()]);
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()));
  await node.close();
});

async function open(channelId: string, livesMs: number, ackGraceMs = 0): Promise<void> {
  const nowMs = Date.now();
  const result = await node.registry.submit(channelId, {
    type: "JoinChannel",
    channelId,
    participant: { connectionId: "c1", nodeId: "n1", role: null, explicit: false },
    expiresAtMs: nowMs + livesMs,
    ackGraceMs,
    mayOpen: true,
    merchantIsAlive: true,
    metadata: { commandId: `join-${channelId}`, nowMs, correlationId: "", causationId: "c1" },
  });
  expect(result.outcome).toBe("stored");
}

/** What a kill of the broker at the wrong moment can do. The timer is set beside the append, so it may come later. */
async function loseTimer(channelId: string): Promise<void> {
  await waitFor(async () => {
    const filter = `$KV.${bucket}.${channelId}`;
    const { purged } = await node.broker.api<{ purged: number }>(`STREAM.PURGE.KV_${bucket}`, { filter });
    return purged === 1;
  });
}

async function pay(channelId: string): Promise<void> {
  const from = { connectionId: "c1", nodeId: "n1", role: "customer", explicit: true } as const;
  const metadata = { commandId: `pay-${channelId}`, nowMs: Date.now(), correlationId: "", causationId: "c1" };
  const message = {
    key: "payment",
    dialect: "p4",
    raw: '{"key":"payment"}',
    messageId: "p1",
    correlationId: "",
  } as const;
  const command = { type: "SubmitPayment", from, message, txids: [], merchantIsAlive: true, metadata } as const;
  expect((await node.registry.submit(channelId, command)).outcome).toBe("stored");
}

async function read(channelId: string): Promise<ChannelEvent[]> {
  const events = await node.log.readStream(channelId, { consistent: true });
  return events.map(({ bytes, streamVersion }) => decodeEvent(new TextDecoder().decode(bytes), streamVersion));
}

async function ends(channelId: string): Promise<string[]> {
  return (await read(channelId))
    .filter(({ type }) => type === "ChannelExpired")
    .map(({ metadata }) => metadata.causationId);
}

async function sweepsFrom(now: number, count: number): Promise<void> {
  let [last, seen] = [now, 0];
  await waitFor(
    async () => {
      const runMs = (await node.overdue.lastRunMs()) ?? 0;
      if (runMs > last) [last, seen] = [runMs, seen + 1];
      return seen >= count;
    },
    { intervalMs: 50, description: "the workers sweep" },
  );
}

// A channel that lives for some seconds: the test does its part before, on a busy machine too.
describe.concurrent("two expiry workers", () => {
  it("end a channel without connections whose timer the broker has lost", async () => {
    await open("forgotten", 5_000);
    await loseTimer("forgotten");
    await waitFor(async () => (await ends("forgotten")).length > 0, { intervalMs: 50 });
    await sweepsFrom(Date.now(), 2);
    expect(await ends("forgotten")).toEqual(["overdue"]);
  });

  it("give a waiting payment its time, and end the channel when that is over", async () => {
    await open("paid-late", 5_000, 1_500);
    const { expiresAtMs } = (await node.registry.read("paid-late")).snapshot.context;
    await pay("paid-late");
    await waitFor(async () => (await ends("paid-late")).length > 0, { intervalMs: 50 });
    const events = await read("paid-late");
    expect(events.map(({ type }) => type).slice(-2)).toEqual(["AckGraceStarted", "ChannelExpired"]);
    expect(events.at(-1)?.metadata.recordedAtMs).toBeGreaterThanOrEqual(expiresAtMs + 1_500);
  });

  it("end every channel once where timer and sweep come together", async () => {
    const ids = Array.from({ length: 30 }, (_, i) => `timed-${String(i)}`);
    await Promise.all(ids.map((id, i) => open(id, 1_000 + i * 50)));
    await waitFor(async () => (await Promise.all(ids.map(ends))).every((found) => found.length > 0), {
      intervalMs: 50,
    });
    await sweepsFrom(Date.now(), 2);
    const found = await Promise.all(ids.map(ends));
    expect(found.map(({ length }) => length)).toEqual(ids.map(() => 1));
  });

  it("leave a channel alone whose deadline was moved, lost timer or not", async () => {
    await open("moved", 5_000);
    const nowMs = Date.now();
    const metadata = { commandId: "extend", nowMs, correlationId: "", causationId: "operator" };
    const command = { type: "ExtendDeadline", expiresAtMs: nowMs + 3_600_000, metadata } as const;
    expect((await node.registry.submit("moved", command)).outcome).toBe("stored");
    await loseTimer("moved");
    await sweepsFrom(nowMs + 6_500, 1);
    expect(await ends("moved")).toEqual([]);
  });
});
