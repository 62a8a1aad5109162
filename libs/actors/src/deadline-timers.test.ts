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
  await vi.waitFor(() => expect(at.calls).toHaveLength(2));
  await new Promise((resolve) => setImmediate(resolve));
  expect(at.waits).toHaveLength(1);
});
