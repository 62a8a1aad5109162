import { Objm } from "@nats-io/obj";
import type { NatsConnection } from "@nats-io/transport-node";
import { describe, expect, it, vi } from "vitest";
import type { Broker } from "./broker.ts";
import { createBlobStore } from "./blob-store.ts";
import { blobBucket, blobStream } from "./subjects.ts";
import { settings, useNats } from "./test-support/use-nats.ts";

const nats = useNats();
const bucket = blobBucket(settings.region);
const large = Uint8Array.from({ length: 1_500_000 }, (_, i) => i * 31);
const slow = { timeout: 60_000 };

interface StreamInfo {
  readonly state: { readonly consumer_count: number; readonly messages: number };
}

const stateOf = async (broker: Broker): Promise<StreamInfo["state"]> =>
  (await broker.api<StreamInfo>(`STREAM.INFO.${blobStream(bucket)}`)).state;

/** Subscriptions of a connection; the client keeps no public count. */
const subscriptionsOf = (nc: NatsConnection): number =>
  (nc as unknown as { protocol: { subscriptions: { size(): number } } }).protocol.subscriptions.size();

describe("objects", () => {
  it("are those of every NATS client, both ways", slow, async () => {
    const broker = await nats.connect();
    const ours = createBlobStore(broker, settings);
    const theirs = await new Objm(broker.nc).open(bucket);
    await ours.put("ours.a_b", large);
    expect(Buffer.compare((await theirs.getBlob("ours.a_b")) ?? new Uint8Array(), large)).toBe(0);
    expect(await theirs.info("ours.a_b")).toMatchObject({ size: large.length, chunks: 12, deleted: false });
    await theirs.putBlob({ name: "theirs" }, large);
    expect(Buffer.compare((await ours.get("theirs")) ?? new Uint8Array(), large)).toBe(0);
    await theirs.delete("theirs");
    expect(await ours.get("theirs")).toBeNull();
    await ours.delete("ours.a_b");
    expect(await theirs.getBlob("ours.a_b")).toBeNull();
  });

  it("leave no chunk behind when they are replaced or deleted", slow, async () => {
    const broker = await nats.connect();
    const blobs = createBlobStore(broker, settings);
    const { messages } = await stateOf(broker);
    await blobs.put("chunks", large);
    await blobs.put("chunks", new Uint8Array(3));
    expect((await stateOf(broker)).messages).toBe(messages + 2);
    await blobs.delete("chunks");
    expect((await stateOf(broker)).messages).toBe(messages + 1);
  });

  it("that is replaced between two pages of a read comes whole", slow, async () => {
    const [broker, other] = [await nats.connect(), await nats.connect()];
    const [reading, writing] = [createBlobStore(broker, settings), createBlobStore(other, settings)];
    const pages = Uint8Array.from({ length: 9_000_000 }, (_, i) => i * 7);
    await writing.put("swap", pages);
    const post = broker.writes.post.bind(broker.writes);
    let pagesAsked = 0;
    vi.spyOn(broker.writes, "post").mockImplementation((item) => {
      const isPage = "subject" in item && item.subject.includes("DIRECT.GET") && ++pagesAsked === 2;
      if (!isPage) post(item);
      else void writing.put("swap", large).then(() => post(item));
    });
    expect(Buffer.compare((await reading.get("swap")) ?? new Uint8Array(), large)).toBe(0);
  });
});

describe("a read of a large body", () => {
  it("that finds a part missing ends, and leaves nothing behind", slow, async () => {
    const [broker, hasty] = [await nats.connect(), await nats.connect({ requestTimeoutMs: 1_000 })];
    const blobs = createBlobStore(hasty, settings);
    await createBlobStore(broker, settings).put("torn", large);
    const subscriptions = subscriptionsOf(hasty.nc);
    // The other client's readers leave theirs for a while.
    const { consumer_count } = await stateOf(broker);
    const theirs = await new Objm((await nats.connect()).nc).open(bucket);
    const { nuid } = (await theirs.info("torn")) ?? { nuid: "" };
    await broker.api(`STREAM.PURGE.${blobStream(bucket)}`, { filter: `$O.${bucket}.C.${nuid}` });
    const unavailable = { code: "STORE_UNAVAILABLE", message: expect.stringContaining("0 of 12 chunks") as string };
    await expect(blobs.get("torn")).rejects.toMatchObject(unavailable);
    expect((await stateOf(broker)).consumer_count).toBe(consumer_count);
    expect(subscriptionsOf(hasty.nc)).toBe(subscriptions);
  });

  it("ends when the broker falls silent", slow, async () => {
    const broker = await nats.connect({ requestTimeoutMs: 300, pingIntervalMs: 60_000 });
    const blobs = createBlobStore(broker, settings);
    await createBlobStore(await nats.connect(), settings).put("silent", large);
    await nats.server.pause();
    try {
      const unavailable = { code: "STORE_UNAVAILABLE", retryable: true };
      await expect(blobs.get("silent")).rejects.toMatchObject(unavailable);
      await expect(blobs.put("silent", large)).rejects.toMatchObject(unavailable);
    } finally {
      nats.server.resume();
    }
    // What was asked meanwhile is answered first, which takes a busy machine longer than one question may.
    const read = await vi.waitFor(() => blobs.get("silent"));
    expect(Buffer.compare(read ?? new Uint8Array(), large)).toBe(0);
  });

  it("says that the bytes are others than were stored", slow, async () => {
    const broker = await nats.connect();
    const blobs = createBlobStore(broker, settings);
    await blobs.put("changed", new Uint8Array(10));
    const meta = `$O.${bucket}.M.${Buffer.from("changed").toString("base64url")}==`;
    const { message } = await broker.api<{ message: { data: string } }>(`STREAM.MSG.GET.${blobStream(bucket)}`, {
      last_by_subj: meta,
    });
    const info = JSON.parse(Buffer.from(message.data, "base64").toString()) as object;
    const store = async (other: unknown): Promise<void> => void (await broker.request(meta, JSON.stringify(other)));
    await store({ ...info, digest: "SHA-256=AAAA" });
    await expect(blobs.get("changed")).rejects.toMatchObject({ code: "STORE_BLOB_DAMAGED" });
    await store({ name: "changed", options: { link: { bucket, name: "other" } } });
    await expect(blobs.get("changed")).rejects.toMatchObject({ code: "STORE_BLOB_DAMAGED" });
  });
});

it("a bucket that is missing is named", async () => {
  const blobs = createBlobStore(await nats.connect(), { region: "nowhere" });
  await expect(blobs.get("key")).rejects.toMatchObject({ code: "STORE_MISSING" });
  await expect(blobs.put("key", new Uint8Array(1))).rejects.toMatchObject({ code: "STORE_MISSING" });
  await expect(blobs.delete("key")).rejects.toMatchObject({ code: "STORE_MISSING" });
});
