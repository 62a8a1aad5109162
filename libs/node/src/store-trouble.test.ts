import { createInMemoryStore, StoreError, type EventLog } from "@p4/event-store";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { StoreTrouble } from "./store-trouble.ts";

const shards = 4;
// Two channels of one shard, and one of another.
const [one, sameShard, other] = ["a", "e", "b"] as const;

/** A connected broker that leaves the appends of these channels unanswered. */
function troubled(silent: ReadonlySet<string>, ofShards = shards) {
  const trouble = new StoreTrouble(ofShards, () => undefined);
  const { log } = createInMemoryStore();
  const broken: EventLog = {
    ...log,
    appendToStream: (request) =>
      silent.has(request.channelId)
        ? Promise.reject(new StoreError("STORE_UNAVAILABLE", "no answer"))
        : log.appendToStream(request),
  };
  const watched = trouble.watch(broken, () => true);
  let count = 0;
  const append = (channelId: string): Promise<unknown> =>
    watched
      .appendToStream({ channelId, eventId: String(count++), bytes: new Uint8Array(1), expectedStreamVersion: 0 })
      .catch(() => null);
  return { trouble, append };
}

async function appendAll(append: (channelId: string) => Promise<unknown>, channelIds: readonly string[]) {
  for (const channelId of channelIds) await append(channelId);
}

it("a shard without a leader is no silence of the broker, however often it is asked", async () => {
  const { trouble, append } = troubled(new Set([one, sameShard]));
  await appendAll(append, [one, sameShard, one, sameShard, one]);
  expect(trouble.isSilent).toBe(false);
  expect(trouble.current).toBeNull();
});

it("several shards that leave three appends in a row unanswered are, until one is answered", async () => {
  const { trouble, append } = troubled(new Set([one, other]));
  await appendAll(append, [one, other]);
  expect(trouble.isSilent).toBe(false);
  await append(one);
  expect(trouble.isSilent).toBe(true);
  await append("c");
  expect(trouble.isSilent).toBe(false);
});

it("the only shard of a small installation is the broker", async () => {
  const { trouble, append } = troubled(new Set([one]), 1);
  await appendAll(append, [one, one, one]);
  expect(trouble.isSilent).toBe(true);
});

it("what went unanswered long ago does not count", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const { trouble, append } = troubled(new Set([one, other]));
  await appendAll(append, [one, other]);
  vi.advanceTimersByTime(6_000);
  await append(one);
  expect(trouble.isSilent).toBe(false);
});

describe("what the broker refuses", () => {
  const full = new StoreError("STORE_FULL", "disk");
  const broker = { ready: () => true, serverVersion: "2.15.1" };
  const isReady = (trouble: StoreTrouble): boolean => trouble.check(broker).ok;
  const stores = () => Promise.resolve();
  const refuses = () => Promise.reject(full);

  function troubles() {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const trouble = new StoreTrouble(shards, () => undefined);
    /** Looks every second, as long as it takes a probe to make the node ready. */
    const secondsUntilReady = async (store: () => Promise<void> = stores): Promise<number> => {
      for (let second = 0; second < 1_000; second++) {
        if (isReady(trouble)) return second;
        vi.advanceTimersByTime(1_000);
        await trouble.probe(store);
      }
      return Infinity;
    };
    return { trouble, secondsUntilReady };
  }

  it("keeps the node unready, however long no wallet comes, until something was stored", async () => {
    const { trouble, secondsUntilReady } = troubles();
    trouble.note(full);
    expect(await secondsUntilReady(refuses)).toBe(Infinity);
    expect(await secondsUntilReady()).toBe(2);
  });

  it("does not let it flap: what comes back soon after a probe is waited for twice as long", async () => {
    const { trouble, secondsUntilReady } = troubles();
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      trouble.note(full);
      waits.push(await secondsUntilReady());
    }
    expect(waits).toEqual([2, 4, 8, 16]);
    vi.advanceTimersByTime(61_000);
    trouble.note(full);
    expect(await secondsUntilReady()).toBe(2);
  });

  it("is forgotten with a new connection, which counts once something was stored", async () => {
    const { trouble, secondsUntilReady } = troubles();
    trouble.note(full);
    trouble.onStatus({ type: "reconnected", server: "s", version: "2.15.1" });
    expect(trouble.check(broker)).toMatchObject({ ok: false, detail: expect.stringContaining("is back") as string });
    expect(await secondsUntilReady()).toBe(1);
  });

  it("an append that is answered ends the doubt about a new connection too", async () => {
    const { trouble, append } = troubled(new Set());
    trouble.onStatus({ type: "reconnected", server: "s", version: "2.15.1" });
    expect(isReady(trouble)).toBe(false);
    await append(one);
    expect(isReady(trouble)).toBe(true);
  });
});
