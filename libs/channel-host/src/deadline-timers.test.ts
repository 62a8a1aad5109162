import { StoreError } from "@p4/event-store";
import { expect, test, vi } from "vitest";
import { DeadlineTimers } from "./deadline-timers.ts";

type Call = readonly [channelId: string, remainingMs: number | null];

/** A broker whose next answers are given; after those it takes everything. */
function world(...answers: (() => Promise<void>)[]) {
  const calls: Call[] = [];
  const faults: unknown[] = [];
  const waits: (() => void)[] = [];
  const answer = (call: Call): Promise<void> => {
    calls.push(call);
    return answers.shift()?.() ?? Promise.resolve();
  };
  return {
    calls,
    faults,
    waits,
    deadlines: {
      arm: (channelId: string, remainingMs: number) => answer([channelId, remainingMs]),
      disarm: (channelId: string) => answer([channelId, null]),
      watchElapsed: () => Promise.reject(new Error("not here")),
    },
    nowMs: () => 1_000,
    delay: () => new Promise<void>((resolve) => waits.push(resolve)),
    onFault: (_channelId: string, error: unknown) => faults.push(error),
  };
}

const refused = (code: "STORE_UNAVAILABLE" | "STORE_FORBIDDEN") => () =>
  Promise.reject(new StoreError(code, "made to fail"));

test("what the broker took is not sent again", async () => {
  const at = world();
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  timers.clear("b");
  await vi.waitFor(() => expect(at.calls).toHaveLength(2));
  expect(at.calls).toEqual([
    ["a", 4_000],
    ["b", null],
  ]);
  expect(at.waits).toEqual([]);
});

test("what it did not take is sent again until it does", async () => {
  const at = world(refused("STORE_UNAVAILABLE"), refused("STORE_UNAVAILABLE"));
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.waits).toHaveLength(2));
  at.waits[1]?.();
  await vi.waitFor(() => expect(at.calls).toHaveLength(3));
  timers.set("b", 5_000);
  await vi.waitFor(() => expect(at.calls).toHaveLength(4));
  expect(at.waits).toHaveLength(2);
  expect(at.faults).toEqual([]);
});

test("the newest deadline is the one that is repeated", async () => {
  const at = world(refused("STORE_UNAVAILABLE"), refused("STORE_UNAVAILABLE"));
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  timers.set("a", 9_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.calls).toHaveLength(3));
  expect(at.calls.at(-1)).toEqual(["a", 8_000]);
});

test("a late refusal of an old deadline does not bring it back", async () => {
  let refuse = (): void => undefined;
  const late = new Promise<void>((_resolve, reject) => {
    refuse = () => reject(new StoreError("STORE_UNAVAILABLE", "made to fail"));
  });
  const at = world(() => late);
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  timers.set("a", 9_000);
  await vi.waitFor(() => expect(at.calls).toHaveLength(2));
  refuse();
  timers.set("b", 5_000);
  await vi.waitFor(() => expect(at.calls).toHaveLength(3));
  expect(at.calls.filter(([channelId]) => channelId === "a")).toEqual([
    ["a", 4_000],
    ["a", 8_000],
  ]);
});

test("a refusal for good is told and not repeated", async () => {
  const at = world(refused("STORE_FORBIDDEN"));
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  await vi.waitFor(() => expect(at.faults).toHaveLength(1));
  expect(at.waits).toEqual([]);
});

test("nothing is repeated after the end", async () => {
  const at = world(refused("STORE_UNAVAILABLE"), refused("STORE_UNAVAILABLE"));
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  timers.close();
  at.waits[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  expect([at.calls.length, at.waits.length]).toEqual([1, 1]);
});

test("a broker that takes none is asked for one each time; one that takes it gets the rest in batches", async () => {
  const count = 600;
  const at = world(...Array.from({ length: count + 1 }, () => refused("STORE_UNAVAILABLE")));
  const timers = new DeadlineTimers(at);
  for (let i = 0; i < count; i++) timers.set(`c${String(i)}`, 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.waits).toHaveLength(2));
  expect(at.calls).toHaveLength(count + 1);
  const repeated = vi.spyOn(at.deadlines, "arm");
  let underWay = 0;
  let most = 0;
  repeated.mockImplementation(async () => {
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
  });
  at.waits[1]?.();
  await vi.waitFor(() => expect(repeated).toHaveBeenCalledTimes(count));
  expect(most).toBe(256);
  await vi.waitFor(() => expect(underWay).toBe(0));
  expect(at.waits).toHaveLength(2);
});

test("a round ends with the first failure", async () => {
  const at = world(...Array.from({ length: 600 }, () => refused("STORE_UNAVAILABLE")));
  const timers = new DeadlineTimers(at);
  for (let i = 0; i < 600; i++) timers.set(`c${String(i)}`, 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  const repeated = vi.spyOn(at.deadlines, "arm");
  repeated.mockResolvedValueOnce().mockRejectedValue(new StoreError("STORE_UNAVAILABLE", "made to fail"));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.waits).toHaveLength(2));
  expect(repeated).toHaveBeenCalledTimes(1 + 256);
});

test("a deadline that was moved while a round was under way is not sent with its old value", async () => {
  let take = (): void => undefined;
  const held = new Promise<void>((resolve) => (take = resolve));
  const at = world(refused("STORE_UNAVAILABLE"), refused("STORE_UNAVAILABLE"), () => held);
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  timers.set("b", 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.calls).toHaveLength(3));
  timers.set("b", 9_000);
  await vi.waitFor(() => expect(at.calls).toHaveLength(4));
  timers.set("c", 5_000);
  take();
  await vi.waitFor(() => expect(at.calls).toHaveLength(5));
  await new Promise((resolve) => setImmediate(resolve));
  expect(at.calls.filter(([channelId]) => channelId === "b").map(([, remainingMs]) => remainingMs)).toEqual([
    4_000, 8_000,
  ]);
});

test("a fault of its own does not end the repeating for good", async () => {
  const at = world(refused("STORE_UNAVAILABLE"), refused("STORE_UNAVAILABLE"));
  vi.spyOn(at, "delay").mockRejectedValueOnce(new Error("no clock"));
  const timers = new DeadlineTimers(at);
  timers.set("a", 5_000);
  await vi.waitFor(() => expect(at.faults).toHaveLength(1));
  timers.set("b", 5_000);
  await vi.waitFor(() => expect(at.waits).toHaveLength(1));
  at.waits[0]?.();
  await vi.waitFor(() => expect(at.calls).toHaveLength(4));
  expect(at.calls.slice(2).map(([channelId]) => channelId)).toEqual(["a", "b"]);
});
