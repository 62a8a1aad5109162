import type { EventLog, LiveEvent, LiveFeed } from "@p4/event-store";
import { expect, test, vi } from "vitest";
import { withCopies } from "./copied-ports.ts";
import { CopyGate } from "./copy-gate.ts";

test("until it is known whose word counts, nothing passes", () => {
  const gate = new CopyGate();
  const done = vi.fn();
  gate.whenCopied(0, 5, done);
  expect([gate.isOpen, gate.has(0, 5), done.mock.calls.length]).toEqual([false, false, 0]);
  gate.require([]);
  expect(done).toHaveBeenCalledTimes(1);
});

test("what waits at a home that has left is not taken for copied", () => {
  const gate = new CopyGate();
  gate.require(["b"]);
  const done = vi.fn();
  gate.whenCopied(0, 5, done);
  gate.require([], false);
  expect([gate.isOpen, done.mock.calls.length]).toEqual([true, 0]);
});

test("given no site that must confirm, then everything passes", () => {
  const gate = new CopyGate();
  gate.require([]);
  const done = vi.fn();
  gate.whenCopied(0, 5, done);
  expect([gate.has(0, 5), done.mock.calls.length]).toEqual([true, 1]);
});

test("given a copy, when it tells its position, then all up to there passes, in order, and no other shard", () => {
  const gate = new CopyGate();
  gate.require(["b"]);
  const passed: string[] = [];
  for (const sequence of [5, 6, 7]) gate.whenCopied(0, sequence, () => passed.push(`0:${String(sequence)}`));
  gate.whenCopied(1, 5, () => passed.push("1:5"));
  gate.confirm("b", 0, 6);
  expect(passed).toEqual(["0:5", "0:6"]);
  expect([gate.has(0, 6), gate.has(0, 7), gate.has(1, 5)]).toEqual([true, false, false]);
});

test("when a copy repeats an old position, then nothing is taken back", () => {
  const gate = new CopyGate();
  gate.require(["b"]);
  gate.confirm("b", 0, 6);
  gate.confirm("b", 0, 2);
  expect(gate.has(0, 6)).toBe(true);
});

test("when other sites must confirm, then what the former had counts no more", () => {
  const gate = new CopyGate();
  expect([gate.require(["b"]), gate.require(["b"])]).toEqual([true, false]);
  gate.confirm("b", 0, 6);
  gate.require(["c"]);
  expect(gate.has(0, 6)).toBe(false);
});

test("when the class is lowered, then all that waits passes", () => {
  const gate = new CopyGate();
  gate.require(["b"]);
  const done = vi.fn();
  gate.whenCopied(0, 5, done);
  gate.require([]);
  expect(done).toHaveBeenCalledTimes(1);
});

test("who gives up is not called; and what waits for long is told by shard", () => {
  let nowMs = 0;
  const gate = new CopyGate(() => nowMs);
  gate.require(["b"]);
  const done = vi.fn();
  const giveUp = gate.whenCopied(3, 5, done);
  nowMs = 250;
  expect([gate.waitingFor(250), gate.waitingFor(251)]).toEqual([[3], []]);
  giveUp();
  gate.confirm("b", 3, 5);
  expect([done.mock.calls.length, gate.waitingFor(0)]).toEqual([0, []]);
});

test("an append that no copy confirms is told so after two seconds", async () => {
  vi.useFakeTimers();
  try {
    const gate = new CopyGate();
    gate.require(["b"]);
    const told = expect(gate.copied(0, 5, "ch")).rejects.toMatchObject({ code: "STORE_NOT_COPIED", retryable: true });
    await vi.advanceTimersByTimeAsync(2_000);
    await told;
    gate.confirm("b", 0, 5);
    await gate.copied(0, 5, "ch");
  } finally {
    vi.useRealTimers();
  }
});

test("what a copy says of an event counts for those before it only when none is missing in between", () => {
  const gate = new CopyGate();
  gate.require(["b", "c"]);
  // Before it was asked nothing is known of what it has.
  expect([gate.hear("b", 0, 5), gate.has(0, 5)]).toEqual([false, false]);
  gate.confirm("b", 0, 4);
  expect([gate.has(0, 5), gate.has(0, 6)]).toEqual([true, false]);
  // It has skipped 6, or the word of it was lost; another copy's word does not fill the gap of this one.
  expect([gate.hear("b", 0, 7), gate.hear("c", 0, 6), gate.has(0, 7)]).toEqual([false, false, false]);
  expect([gate.hear("b", 0, 6), gate.has(0, 7)]).toEqual([true, true]);
  expect(gate.hear("b", 0, 3)).toBe(true);
});

test("a listener that leaves waits for nothing more", () => {
  const gate = new CopyGate();
  gate.require(["b"]);
  const listeners: ((event: LiveEvent) => void)[] = [];
  const feed = {
    subscribe: (_channelId: string, listener: (event: LiveEvent) => void) => {
      listeners.push(listener);
      return { unsubscribe: () => undefined };
    },
  } as unknown as LiveFeed;
  const heard = vi.fn();
  const subscription = withCopies({ log: {} as EventLog, feed }, gate, 1).feed.subscribe("ch", heard);
  listeners[0]?.({ channelId: "ch", streamVersion: 5 } as LiveEvent);
  expect([gate.waitingFor(0), heard.mock.calls.length]).toEqual([[0], 0]);
  subscription.unsubscribe();
  gate.confirm("b", 0, 5);
  expect([gate.waitingFor(0), heard.mock.calls.length]).toEqual([[], 0]);
});
