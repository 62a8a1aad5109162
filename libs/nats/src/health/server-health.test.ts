import { createInMemoryStore, StoreError, type EventLog } from "@p4/event-store";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ServerHealth } from "./server-health.ts";

const shards = 4;
// Two channels of one shard, and one of another.
const [one, sameShard, other] = ["a", "e", "b"] as const;

function healthOf(isConnected = () => true, leave: (kind: string) => void = () => undefined) {
  return new ServerHealth({ isConnected, hasOtherServers: () => true, leave, report: () => undefined });
}

/** A connected broker that leaves the appends of these channels unanswered. */
function troubled(silent: ReadonlySet<string>, ofShards = shards) {
  const health = healthOf();
  const { log } = createInMemoryStore();
  const broken: EventLog = {
    ...log,
    appendToStream: (request) =>
      silent.has(request.channelId)
        ? Promise.reject(new StoreError("STORE_UNAVAILABLE", "no answer"))
        : log.appendToStream(request),
  };
  const watched = health.watch(broken, ofShards);
  let count = 0;
  const append = (channelId: string): Promise<unknown> =>
    watched
      .appendToStream({ channelId, eventId: String(count++), bytes: new Uint8Array(1), expectedStreamVersion: 0 })
      .catch(() => null);
  return { health, append };
}

async function appendAll(append: (channelId: string) => Promise<unknown>, channelIds: readonly string[]) {
  for (const channelId of channelIds) await append(channelId);
}

it("a shard without a leader is no silence of the broker, however often it is asked", async () => {
  const { health, append } = troubled(new Set([one, sameShard]));
  await appendAll(append, [one, sameShard, one, sameShard, one]);
  expect(health.verdict.isReady).toBe(true);
});

it("several shards that leave three appends in a row unanswered are, until one is answered", async () => {
  const { health, append } = troubled(new Set([one, other]));
  await appendAll(append, [one, other]);
  expect(health.verdict.isReady).toBe(true);
  await append(one);
  expect(health.verdict).toMatchObject({ rejectsJoins: true, code: "STORE_UNAVAILABLE" });
  await append("c");
  expect(health.verdict.isReady).toBe(true);
});

it("the only shard of a small installation is the broker", async () => {
  const { health, append } = troubled(new Set([one]), 1);
  await appendAll(append, [one, one, one]);
  expect(health.verdict).toMatchObject({ rejectsJoins: true, code: "STORE_UNAVAILABLE" });
});

it("what went unanswered long ago does not count", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const { health, append } = troubled(new Set([one, other]));
  await appendAll(append, [one, other]);
  vi.advanceTimersByTime(6_000);
  await append(one);
  expect(health.verdict.isReady).toBe(true);
});

describe("what the broker refuses", () => {
  const full = new StoreError("STORE_FULL", "disk");
  const isReady = (health: ServerHealth): boolean => health.verdict.isReady;
  const stores = () => Promise.resolve();
  const refuses = () => Promise.reject(full);

  function troubles() {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const health = healthOf();
    /** Looks every second, as long as it takes a probe to make the node ready. */
    const secondsUntilReady = async (store: () => Promise<void> = stores): Promise<number> => {
      for (let second = 0; second < 1_000; second++) {
        if (isReady(health)) return second;
        vi.advanceTimersByTime(1_000);
        await health.probe(store);
      }
      return Infinity;
    };
    return { health, secondsUntilReady };
  }

  it("keeps the node unready, however long no wallet comes, until something was stored", async () => {
    const { health, secondsUntilReady } = troubles();
    health.note(full);
    expect(await secondsUntilReady(refuses)).toBe(Infinity);
    expect(await secondsUntilReady()).toBe(2);
  });

  it("does not let it flap: what comes back soon after a probe is waited for twice as long", async () => {
    const { health, secondsUntilReady } = troubles();
    const waits: number[] = [];
    for (let round = 0; round < 4; round++) {
      health.note(full);
      waits.push(await secondsUntilReady());
    }
    expect(waits).toEqual([2, 4, 8, 16]);
    vi.advanceTimersByTime(61_000);
    health.note(full);
    expect(await secondsUntilReady()).toBe(2);
  });

  it("is forgotten with a new connection, which counts once something was stored", async () => {
    const { health, secondsUntilReady } = troubles();
    health.note(full);
    health.reconnected();
    expect(health.verdict).toMatchObject({ isReady: false, detail: expect.stringContaining("is back") as string });
    expect(await secondsUntilReady()).toBe(1);
  });

  it("an append that is answered ends the doubt about a new connection too", async () => {
    const { health, append } = troubled(new Set());
    health.reconnected();
    expect(isReady(health)).toBe(false);
    await append(one);
    expect(isReady(health)).toBe(true);
  });
});

describe("the verdict", () => {
  const full = new StoreError("STORE_FULL", "disk");

  it("turns wallets away while the broker is away, whatever it refused before", () => {
    let isConnected = true;
    const health = healthOf(() => isConnected);
    health.note(full);
    expect(health.verdict).toMatchObject({ isReady: false, rejectsJoins: false, code: "STORE_FULL" });
    isConnected = false;
    expect(health.verdict).toMatchObject({ isReady: false, rejectsJoins: true });
    health.reconnected();
    expect(health.verdict).toEqual({ isReady: false, rejectsJoins: true, code: null, detail: "the broker is away" });
  });

  it("reports an error once to the operator, unless he was told already", () => {
    const report = vi.fn();
    const health = new ServerHealth({ isConnected: () => true, hasOtherServers: () => false, leave: vi.fn(), report });
    health.note(full, true);
    health.note(full);
    expect(report).not.toHaveBeenCalled();
    health.note(new StoreError("STORE_FORBIDDEN", "user"));
    expect(report).toHaveBeenCalledTimes(1);
  });
});
