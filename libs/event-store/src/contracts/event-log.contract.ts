import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { EventLog, ScannedEvent } from "../event-log.ts";
import { readInPortions } from "../read-in-portions.ts";
import { STREAM_DOES_NOT_EXIST } from "../stored-event.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (event: { readonly bytes: Uint8Array }): string => new TextDecoder().decode(event.bytes);
const newChannel = (): string => `ch_${randomUUID()}`;

/** What every event log must do. `getLog` is called inside the tests; the log may hold other channels. */
export function eventLogContract(name: string, getLog: () => EventLog): void {
  /** Appends texts in order; returns the versions. */
  async function given(channelId: string, ...texts: string[]): Promise<number[]> {
    const versions: number[] = [];
    for (const [i, content] of texts.entries()) {
      const expectedStreamVersion = versions.at(-1) ?? STREAM_DOES_NOT_EXIST;
      const request = { channelId, eventId: `id-${i}`, bytes: bytes(content), expectedStreamVersion };
      versions.push((await getLog().appendToStream(request)).nextExpectedStreamVersion);
    }
    return versions;
  }

  describe(`event log: ${name}`, () => {
    it("reads back what was appended, byte for byte and in order", async () => {
      const channelId = newChannel();
      const before = Date.now();
      const versions = await given(channelId, "one", "two", "thr\u00e9e \u0000");
      const events = await getLog().readStream(channelId);
      expect(events.map(text)).toEqual(["one", "two", "thr\u00e9e \u0000"]);
      expect(events.map((event) => event.streamVersion)).toEqual(versions);
      expect(events.every((event) => event.channelId === channelId)).toBe(true);
      expect(Math.abs((events[0]?.storedAtMs ?? 0) - before)).toBeLessThan(60_000);
    });

    it("has no events and no version for an unknown channel", async () => {
      const channelId = newChannel();
      expect(await getLog().readStream(channelId)).toEqual([]);
      expect(await getLog().readStream(channelId, { consistent: true })).toEqual([]);
      expect((await getLog().streamVersions([channelId])).size).toBe(0);
    });

    it("refuses an append on a stale version and stores nothing", async () => {
      const channelId = newChannel();
      const [first] = await given(channelId, "one", "two");
      for (const expectedStreamVersion of [STREAM_DOES_NOT_EXIST, first as number, 1_000_000]) {
        const request = { channelId, eventId: "late", bytes: bytes("late"), expectedStreamVersion };
        await expect(getLog().appendToStream(request)).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
      }
      expect((await getLog().readStream(channelId)).map(text)).toEqual(["one", "two"]);
    });

    it("lets exactly one of many writers win on the same version", async () => {
      const channelId = newChannel();
      const [version] = await given(channelId, "open");
      const writers = Array.from({ length: 20 }, (_, i) =>
        getLog().appendToStream({
          channelId,
          eventId: `writer-${i}`,
          bytes: bytes(`writer ${i}`),
          expectedStreamVersion: version as number,
        }),
      );
      const outcomes = await Promise.allSettled(writers);
      expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ retryable: true });
      }
      expect(await getLog().readStream(channelId)).toHaveLength(2);
    });

    it("stores the same event once, however often and late it is appended", async () => {
      const channelId = newChannel();
      const [version] = await given(channelId, "one");
      const again = { channelId, eventId: "id-0", bytes: bytes("one"), expectedStreamVersion: 0 };
      const retry = await getLog().appendToStream(again);
      expect(retry).toEqual({ nextExpectedStreamVersion: version, duplicate: true });
      const next = { channelId, eventId: "id-1", bytes: bytes("two"), expectedStreamVersion: version as number };
      await getLog().appendToStream(next);
      expect(await getLog().appendToStream(again)).toEqual({ nextExpectedStreamVersion: version, duplicate: true });
      expect((await getLog().readStream(channelId)).map(text)).toEqual(["one", "two"]);
    });

    it("reads one event of many", async () => {
      const channelId = newChannel();
      const versions = await given(channelId, "one", "two", "three");
      const afterVersion = versions[0] as number;
      const options = { afterVersion, maxEvents: 1 };
      expect((await getLog().readStream(channelId, options)).map(text)).toEqual(["two"]);
      expect((await getLog().readStream(channelId, { ...options, consistent: true })).map(text)).toEqual(["two"]);
    });

    it("keeps the event ids of different channels apart", async () => {
      const [a, b] = [newChannel(), newChannel()];
      await given(a, "same");
      await given(b, "same");
      expect(await getLog().readStream(b)).toHaveLength(1);
    });

    it("reads after a version and up to a time", async () => {
      const channelId = newChannel();
      const versions = await given(channelId, "one", "two", "three");
      const after = await getLog().readStream(channelId, { afterVersion: versions[0] as number });
      expect(after.map(text)).toEqual(["two", "three"]);
      expect(await getLog().readStream(channelId, { afterVersion: versions[2] as number })).toEqual([]);
      const storedAtMs = after[1]?.storedAtMs as number;
      expect(await getLog().readStream(channelId, { upToMs: storedAtMs })).toHaveLength(3);
      expect(await getLog().readStream(channelId, { upToMs: storedAtMs - 60_000 })).toEqual([]);
    });

    it("reads up to a number of bytes and not much more, and in portions everything once", async () => {
      const channelId = newChannel();
      const texts = Array.from({ length: 5 }, (_, i) => String(i).repeat(150_000));
      await given(channelId, ...texts);
      const some = await getLog().readStream(channelId, { maxBytes: 150_001 });
      expect(some.map(text).join()).toBe(texts.slice(0, some.length).join());
      expect(some.length).toBeGreaterThanOrEqual(2);
      expect((await getLog().readStream(channelId, { maxBytes: 1 })).map(text).join()).toBe(texts[0]);
      const all: string[] = [];
      for await (const events of readInPortions(getLog(), channelId, { portionBytes: 200_000 })) {
        all.push(...events.map(text));
      }
      expect(all.join()).toBe(texts.join());
    });

    it("reads all of a long channel, also consistently", async () => {
      const channelId = newChannel();
      const texts = Array.from({ length: 600 }, (_, i) => String(i));
      await given(channelId, ...texts);
      expect((await getLog().readStream(channelId)).map(text)).toEqual(texts);
      expect((await getLog().readStream(channelId, { consistent: true })).map(text)).toEqual(texts);
    });

    it("tells the last versions of many channels at once", async () => {
      const channels = Array.from({ length: 30 }, newChannel);
      const versions = await Promise.all(channels.map((channelId) => given(channelId, "one", "two")));
      const asked = [...channels, ...Array.from({ length: 6_000 }, newChannel)];
      const found = await getLog().streamVersions(asked);
      expect(new Map(found)).toEqual(new Map(channels.map((channelId, i) => [channelId, versions[i]?.[1]])));
    });

    it("scans every event of every channel once, in order within a channel, and resumes", async () => {
      const channels = Array.from({ length: 12 }, newChannel);
      await Promise.all(channels.map((channelId) => given(channelId, "a", "b", "c")));
      const all: ScannedEvent[] = [];
      for await (const event of getLog().scan()) all.push(event);
      for (const channelId of channels) {
        expect(all.filter((event) => event.channelId === channelId).map(text)).toEqual(["a", "b", "c"]);
      }
      const positions = new Map<number, number>();
      for (const { shard, streamVersion } of all) {
        expect(streamVersion).toBeGreaterThan(positions.get(shard) ?? 0);
        positions.set(shard, streamVersion);
      }
      const later = newChannel();
      await given(later, "new");
      const resumed: string[] = [];
      for await (const event of getLog().scan({ afterPosition: positions })) resumed.push(event.channelId);
      expect(resumed.filter((channelId) => channelId === later)).toHaveLength(1);
      expect(resumed.length).toBeLessThan(10);
    });

    it("scans the shards that are asked for alone", async () => {
      await Promise.all(Array.from({ length: 12 }, newChannel).map((channelId) => given(channelId, "a")));
      const all: ScannedEvent[] = [];
      for await (const event of getLog().scan()) all.push(event);
      const shard = all[0]?.shard ?? 0;
      const found: ScannedEvent[] = [];
      for await (const event of getLog().scan({ shards: [shard] })) found.push(event);
      expect(found.map(text)).toEqual(all.filter((event) => event.shard === shard).map(text));
      expect(found.length).toBeLessThan(all.length);
    });

    it("follows with new events until it is told to stop", async () => {
      const [before, during] = [newChannel(), newChannel()];
      await given(before, "x");
      const stop = new AbortController();
      const seen: string[] = [];
      for await (const event of getLog().scan({ follow: true, signal: stop.signal })) {
        seen.push(event.channelId);
        if (event.channelId === before) void given(during, "y");
        if (event.channelId === during) stop.abort();
      }
      expect(seen.filter((id) => id === before || id === during)).toEqual([before, during]);
    });

    it.each(["", "a b", "a\r\nNats-TTL: 1", "\u00e9"])("refuses the event id %j", async (eventId) => {
      const request = { channelId: newChannel(), eventId, bytes: bytes("x"), expectedStreamVersion: 0 };
      await expect(getLog().appendToStream(request)).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
    });

    it.each(["", "a.b", "*", ">", "a b", "a\r\nb", "x".repeat(65)])("refuses the channel id %j", async (channelId) => {
      const request = { channelId, eventId: "e", bytes: bytes("x"), expectedStreamVersion: 0 };
      await expect(getLog().appendToStream(request)).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
      await expect(getLog().readStream(channelId)).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
    });
  });
}
