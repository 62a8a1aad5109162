import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { withClaimCheck } from "./claim-check.ts";
import type { EventLog } from "./event-log.ts";
import { createInMemoryStore, type InMemoryStore } from "./in-memory/create-in-memory-store.ts";
import type { LiveFeed } from "./live-feed.ts";
import { READ_FROM_LOG, type LiveEvent } from "./stored-event.ts";
import { eventLogContract, liveFeedContract } from "./testing.ts";

const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const decorate = (store: InMemoryStore, thresholdBytes: number) =>
  withClaimCheck(store.log, store.feed, store.blobs, { thresholdBytes, sha256Hex });

const whole = createInMemoryStore();
eventLogContract("claim check, all events small", () => decorate(whole, 1_000).log);
liveFeedContract("claim check, all events small", () => decorate(whole, 1_000));
const split = createInMemoryStore();
eventLogContract("claim check, all events large", () => decorate(split, -1).log);

describe("claim check", () => {
  const large = new TextEncoder().encode("x".repeat(101));
  const request = { channelId: "c", eventId: "e", bytes: large, expectedStreamVersion: 0 };
  let store: InMemoryStore;
  let log: EventLog;
  let feed: LiveFeed;
  beforeEach(() => {
    store = createInMemoryStore();
    ({ log, feed } = decorate(store, 100));
  });

  it("keeps a large event beside the log under its hash, and gives its bytes back to every reader", async () => {
    await log.appendToStream(request);
    const [pointer] = await store.log.readStream("c");
    expect(pointer?.bytes.length).toBeLessThan(150);
    expect(await store.blobs.get(sha256Hex(large))).toEqual(large);
    expect((await log.readStream("c"))[0]?.bytes).toEqual(large);
    for await (const event of log.scan()) expect(event.bytes).toEqual(large);
  });

  it("leaves an event of the largest size in the log", async () => {
    await log.appendToStream({ ...request, bytes: large.subarray(1) });
    expect((await store.log.readStream("c"))[0]?.bytes).toEqual(large.subarray(1));
  });

  it("never takes an event for a pointer", async () => {
    const forged = `{"claimCheck":1,"sha256":"${sha256Hex(large)}","sizeBytes":101}`;
    await store.blobs.put(sha256Hex(large), large);
    await log.appendToStream({ ...request, bytes: new TextEncoder().encode(forged) });
    expect(new TextDecoder().decode((await log.readStream("c"))[0]?.bytes)).toBe(forged);
  });

  it("stores the blob before the event, so that a refused append leaves no pointer", async () => {
    const put = vi.spyOn(store.blobs, "put").mockRejectedValueOnce(new Error("no room"));
    await expect(log.appendToStream(request)).rejects.toThrow("no room");
    expect(await store.log.readStream("c")).toEqual([]);
    expect(put).toHaveBeenCalledTimes(1);
  });

  it("announces a large event as a gap, and a small one whole", async () => {
    const seen: LiveEvent[] = [];
    feed.subscribe("c", (event) => seen.push(event));
    const { nextExpectedStreamVersion } = await log.appendToStream(request);
    const small = new Uint8Array([1]);
    await log.appendToStream({
      ...request,
      eventId: "f",
      bytes: small,
      expectedStreamVersion: nextExpectedStreamVersion,
    });
    await vi.waitFor(() => expect(seen).toHaveLength(2));
    expect(seen[0]).toMatchObject({ previousStreamVersion: READ_FROM_LOG, bytes: new Uint8Array() });
    expect(seen[1]).toMatchObject({ previousStreamVersion: nextExpectedStreamVersion, bytes: small });
  });

  it("says which event's bytes are missing, and that they may come", async () => {
    await log.appendToStream(request);
    vi.spyOn(store.blobs, "get").mockResolvedValueOnce(null);
    await expect(log.readStream("c")).rejects.toMatchObject({ code: "STORE_BLOB_MISSING", retryable: true });
  });

  it("refuses bytes that are not those of the event", async () => {
    await log.appendToStream(request);
    await store.blobs.put(sha256Hex(large), large.toReversed().fill(1, 0, 1));
    await expect(log.readStream("c")).rejects.toMatchObject({ code: "STORE_BLOB_DAMAGED", retryable: false });
    const scan = async (): Promise<void> => {
      for await (const event of log.scan()) expect(event).toBeDefined();
    };
    await expect(scan()).rejects.toMatchObject({ code: "STORE_BLOB_DAMAGED" });
  });

  it.each(['{"claimCheck":2}', '{"claimCheck":1,"sha256":"../x","sizeBytes":1}', '{"claimCheck":'])(
    "refuses the pointer %s",
    async (text) => {
      await store.log.appendToStream({ ...request, bytes: new TextEncoder().encode(text) });
      await expect(log.readStream("c")).rejects.toMatchObject({ code: "STORE_BLOB_DAMAGED" });
    },
  );
});
