import { describe, expect, it } from "vitest";
import {
  blobStoreContract,
  deadlineStoreContract,
  documentStoreContract,
  eventLogContract,
  liveFeedContract,
  presenceContract,
} from "../testing.ts";
import { createInMemoryStore } from "./create-in-memory-store.ts";

let clockOffsetMs = 0;
const nowMs = (): number => Date.now() + clockOffsetMs;
const store = createInMemoryStore({ now: nowMs });

eventLogContract("in memory", () => store.log);
liveFeedContract("in memory", () => store);
documentStoreContract("in memory", () => store.documents("any"));
blobStoreContract("in memory", () => store.blobs);
presenceContract("in memory", () => (nodeId, isAlive) => store.presence.join(nodeId, isAlive));
deadlineStoreContract("in memory", () => ({
  workers: [store.deadlines, store.deadlines],
  nowMs,
  async elapseUntil(condition) {
    for (let elapsedMs = 0; !condition(); elapsedMs += 100) {
      if (elapsedMs > 60_000) throw new Error("not within a minute of this store's time");
      clockOffsetMs += 100;
      await store.tick();
      await new Promise((resolve) => setTimeout(resolve, condition() ? 0 : 30));
    }
  },
}));

describe("faults", () => {
  const request = { channelId: "c", eventId: "e", bytes: new Uint8Array(), expectedStreamVersion: 0 };

  it("fails an append before or after it is stored", async () => {
    const { log, faults } = createInMemoryStore();
    faults.failNextAppend("STORE_UNAVAILABLE");
    await expect(log.appendToStream(request)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await log.readStream("c")).toEqual([]);
    faults.failNextAppend("STORE_UNAVAILABLE", true);
    await expect(log.appendToStream(request)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await log.appendToStream(request)).toMatchObject({ duplicate: true });
  });

  it("leaves gaps between versions", async () => {
    const { log } = createInMemoryStore({ shards: 1 });
    const versions: number[] = [];
    for (let i = 0; i < 4; i++) {
      const expectedStreamVersion = versions.at(-1) ?? 0;
      versions.push(
        (await log.appendToStream({ ...request, eventId: `${i}`, expectedStreamVersion })).nextExpectedStreamVersion,
      );
    }
    expect(versions).toEqual([1, 3, 6, 7]);
  });
});
