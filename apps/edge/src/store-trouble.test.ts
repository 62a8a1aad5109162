import { createInMemoryStore, StoreError, type EventLog } from "@p4/event-store";
import { expect, it, onTestFinished, vi } from "vitest";
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
