import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startComparing } from "./start-comparing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("compares again and again, one comparison at a time, until it is stopped", async () => {
  let finish = (): void => undefined;
  const reconcile = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
  const stop = startComparing({ reconcile }, () => true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcile).toHaveBeenCalledTimes(1);
  finish();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(reconcile).toHaveBeenCalledTimes(2);
  stop();
  finish();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcile).toHaveBeenCalledTimes(2);
});

test("compares nothing while the broker is away", async () => {
  const reconcile = vi.fn(() => Promise.resolve());
  startComparing({ reconcile }, () => false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reconcile).not.toHaveBeenCalled();
});
