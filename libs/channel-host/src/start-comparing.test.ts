import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startComparing } from "./start-comparing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("compares again and again, one comparison at a time, until it is stopped", async () => {
  let finish = (): void => undefined;
  const compareNext = vi.fn((_count: number) => new Promise<void>((resolve) => (finish = resolve)));
  const stop = startComparing({ compareNext, size: 1 }, () => true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(compareNext).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(compareNext).toHaveBeenCalledTimes(2);
  stop();
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(compareNext).toHaveBeenCalledTimes(2);
});

test("compares nothing while the broker is away", async () => {
  const compareNext = vi.fn(() => Promise.resolve());
  startComparing({ compareNext, size: 1 }, () => false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(compareNext).not.toHaveBeenCalled();
});

test("a node with very many channels takes ten turns for all, one with few takes one", async () => {
  const compareNext = vi.fn((_count: number) => Promise.resolve());
  const registry = { compareNext, size: 1_000 };
  startComparing(registry, () => true);
  await vi.advanceTimersByTimeAsync(2_000);
  registry.size = 100_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(compareNext.mock.calls).toEqual([[1_024], [10_000]]);
});
