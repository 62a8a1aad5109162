import { describe, expect, it } from "vitest";
import type { AppendRequest } from "@p4/event-store";
import { createEventLog } from "./event-log.ts";
import { batchFrom } from "./group-commit.ts";
import { channelAddress, createNames } from "./subjects.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const names = createNames(settings.region, settings.shards);
const first = (channelId: string, eventId = "first"): AppendRequest => ({
  channelId,
  eventId,
  bytes: new TextEncoder().encode(channelId),
  expectedStreamVersion: 0,
});
const channels = (name: string, count = 400): string[] => Array.from({ length: count }, (_, i) => `${name}-${i}`);

async function headersOf(broker: Awaited<ReturnType<typeof nats.connect>>, channelId: string): Promise<string> {
  const { stream, eventSubject } = channelAddress(names, channelId);
  const { message } = await broker.api<{ message: { hdrs: string } }>(`STREAM.MSG.GET.${stream}`, {
    last_by_subj: eventSubject,
  });
  return Buffer.from(message.hdrs, "base64").toString("latin1");
}

describe("appends that wait for one stream", () => {
  it("leave together, and each is told the version that its channel has", async () => {
    const broker = await nats.connect();
    const log = createEventLog(broker, settings);
    const ids = channels("together");
    const results = await Promise.all(ids.map((id) => log.appendToStream(first(id))));
    expect(new Set(results.map(({ duplicate }) => duplicate))).toEqual(new Set([false]));
    expect((await log.streamVersions(ids)).size).toBe(ids.length);
    for (const [channelId, version] of await log.streamVersions(ids)) {
      expect(version).toBe(results[ids.indexOf(channelId)]?.nextExpectedStreamVersion);
    }
    const inBatches = await Promise.all(ids.map((id) => headersOf(broker, id)));
    expect(inBatches.filter((text) => text.includes("Nats-Batch-Id")).length).toBeGreaterThan(batchFrom);
  });

  it("are not held up by one that is refused, and each has its own reason", async () => {
    const log = createEventLog(await nats.connect(), { ...settings, groupCommit: "always" });
    const ids = channels("refused", 60);
    await log.appendToStream(first("refused-7", "earlier"));
    await log.appendToStream(first("refused-9"));
    const results = await Promise.allSettled(ids.map((id) => log.appendToStream(first(id))));
    const rejected = results.flatMap((result, i) => (result.status === "rejected" ? [[ids[i], result.reason]] : []));
    expect(rejected).toMatchObject([["refused-7", { code: "STORE_VERSION_CONFLICT" }]]);
    expect(results[9]).toMatchObject({ value: { duplicate: true } });
  });

  it("go alone to a log that takes no batches", async () => {
    const broker = await nats.connect();
    const { stream } = channelAddress(names, "plain-0");
    const { config } = await broker.api<{ config: object }>(`STREAM.INFO.${stream}`);
    await broker.api(`STREAM.UPDATE.${stream}`, { ...config, allow_atomic: false });
    try {
      const log = createEventLog(broker, { ...settings, groupCommit: "always" });
      const ids = channels("plain", 300);
      const results = await Promise.all(ids.map((id) => log.appendToStream(first(id))));
      expect(results.length).toBe(ids.length);
    } finally {
      await broker.api(`STREAM.UPDATE.${stream}`, { ...config, allow_atomic: true });
    }
  });

  it("fail with those before them when the stream falls silent, and are stored when sent again", async () => {
    const broker = await nats.connect({ requestTimeoutMs: 300 });
    const log = createEventLog(broker, settings);
    const ids = channels("silent", 300);
    await nats.server.pause();
    const failed = await Promise.allSettled(ids.map((id) => log.appendToStream(first(id))));
    nats.server.resume();
    expect(new Set(failed.map((result) => (result as PromiseRejectedResult).reason?.code))).toEqual(
      new Set(["STORE_UNAVAILABLE"]),
    );
    for (const id of ids) {
      await expect.poll(() => log.appendToStream(first(id)).then(() => true, () => false)).toBe(true);
    }
    expect((await log.streamVersions(ids)).size).toBe(ids.length);
  });
});
