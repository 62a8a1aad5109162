import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startReconciling } from "./start-reconciling.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("compares again and again, one comparison at a time, until it is stopped", async () => {
  let finish = (): void => undefined;
  const reconcileNext = vi.fn((_count: number) => new Promise<void>((resolve) => (finish = resolve)));
  const stop = startReconciling({ reconcileNext, size: 1 }, () => true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcileNext).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reconcileNext).toHaveBeenCalledTimes(2);
  stop();
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcileNext).toHaveBeenCalledTimes(2);
});

test("compares nothing while the broker is away", async () => {
  const reconcileNext = vi.fn(() => Promise.resolve());
  startReconciling({ reconcileNext, size: 1 }, () => false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcileNext).not.toHaveBeenCalled();
});

test("a node with very many channels takes ten turns for all, one with few takes one", async () => {
  const reconcileNext = vi.fn((_count: number) => Promise.resolve());
  const registry = { reconcileNext, size: 1_000 };
  startReconciling(registry, () => true);
  await vi.advanceTimersByTimeAsync(2_000);
  registry.size = 100_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reconcileNext.mock.calls).toEqual([[1_024], [10_000]]);
});
