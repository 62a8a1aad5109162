import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import type { EventLog } from "../event-log.ts";
import type { LiveFeed } from "../live-feed.ts";
import type { LiveEvent } from "../stored-event.ts";

const newChannel = (): string => `ch_${randomUUID()}`;

/** What every live feed must do, together with the log that it follows. */
export function liveFeedContract(name: string, get: () => { readonly log: EventLog; readonly feed: LiveFeed }): void {
  async function given(channelId: string, ids: readonly string[], after = 0): Promise<number[]> {
    const versions: number[] = [];
    for (const eventId of ids) {
      const expectedStreamVersion = versions.at(-1) ?? after;
      const request = { channelId, eventId, bytes: new TextEncoder().encode(eventId), expectedStreamVersion };
      versions.push((await get().log.appendToStream(request)).nextExpectedStreamVersion);
    }
    return versions;
  }

  describe(`live feed: ${name}`, () => {
    it("delivers what is stored, in order, with the version before it", async () => {
      const channelId = newChannel();
      const seen: LiveEvent[] = [];
      get().feed.subscribe(channelId, (event) => seen.push(event));
      await get().feed.settled();
      // Events of other channels lie between those of this one.
      const [first] = await given(channelId, ["one"]);
      await given(newChannel(), ["other"]);
      const rest = await given(channelId, ["two", "three"], first);
      await vi.waitFor(() => expect(seen).toHaveLength(3));
      const versions = [first, ...rest];
      expect(seen.map((event) => event.streamVersion)).toEqual(versions);
      expect(seen.map((event) => event.previousStreamVersion)).toEqual([0, ...versions.slice(0, 2)]);
      expect(seen.map((event) => new TextDecoder().decode(event.bytes))).toEqual(["one", "two", "three"]);
    });

    it("tells the trace context of an append, which is no part of the stored event", async () => {
      const channelId = newChannel();
      const seen: LiveEvent[] = [];
      get().feed.subscribe(channelId, (event) => seen.push(event));
      await get().feed.settled();
      const { log } = get();
      const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      const traced = {
        channelId,
        eventId: "traced",
        bytes: new Uint8Array([1]),
        expectedStreamVersion: 0,
        traceparent,
      };
      const { nextExpectedStreamVersion } = await log.appendToStream(traced);
      await given(channelId, ["plain"], nextExpectedStreamVersion);
      await vi.waitFor(() => expect(seen).toHaveLength(2));
      expect(seen.map((event) => event.traceparent)).toEqual([traceparent, undefined]);
      expect([...((await log.readStream(channelId))[0]?.bytes ?? [])]).toEqual([1]);
      const split = { ...traced, eventId: "split", traceparent: `${traceparent}\r\nNats-Rollup: all` };
      await expect(log.appendToStream(split)).rejects.toMatchObject({ code: "STORE_INVALID_NAME" });
    });

    it("delivers nothing that was refused", async () => {
      const [channelId, fence] = [newChannel(), newChannel()];
      const seen: string[] = [];
      for (const id of [channelId, fence]) get().feed.subscribe(id, (event) => seen.push(event.channelId));
      await get().feed.settled();
      await expect(given(channelId, ["late"], 99)).rejects.toMatchObject({ code: "STORE_VERSION_CONFLICT" });
      await given(fence, ["fence"]);
      await vi.waitFor(() => expect(seen).toEqual([fence]));
    });

    it("stops after unsubscribe and leaves other listeners alone", async () => {
      const channelId = newChannel();
      const [left, stays] = [vi.fn(), vi.fn()];
      const subscription = get().feed.subscribe(channelId, left);
      get().feed.subscribe(channelId, stays);
      subscription.unsubscribe();
      await get().feed.settled();
      await given(channelId, ["one"]);
      await vi.waitFor(() => expect(stays).toHaveBeenCalledTimes(1));
      expect(left).not.toHaveBeenCalled();
    });
  });
}
