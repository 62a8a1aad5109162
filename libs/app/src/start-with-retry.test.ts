import { StoreError } from "@p4/event-store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startWithRetry, type RetriedStart } from "./start-with-retry.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const app = { close: vi.fn(() => Promise.resolve()) };
const away = new StoreError("STORE_UNAVAILABLE", "no leader");
const copy = new StoreError("STORE_HOME_MOVED", "a copy");

/** A standby whose home comes when the test says so. */
function standbyOf() {
  let come = (): void => undefined;
  const untilHome = vi.fn(() => new Promise<void>((resolve) => (come = resolve)));
  const close = vi.fn(() => Promise.resolve());
  const leaveAddress = vi.fn();
  const standBy = vi.fn(() => Promise.resolve({ untilHome, leaveAddress, close }));
  return { standBy, homeComes: () => come(), leaveAddress, close };
}

function begin(start: RetriedStart["start"], more: Partial<RetriedStart> = {}) {
  const logger = { warn: vi.fn() };
  const standBy = (): Promise<never> => Promise.reject(new Error("no standby in this test"));
  const started = startWithRetry({ start, standBy, logger, stopping: new AbortController().signal, ...more });
  return { started, logger };
}

test("tries again while the broker is away, and says so", async () => {
  const start = vi.fn().mockRejectedValueOnce(away).mockRejectedValueOnce(away).mockResolvedValue(app);
  const { started, logger } = begin(start);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await started).toBe(app);
  expect(logger.warn).toHaveBeenCalledTimes(2);
});

test("stands by while the home is elsewhere, says so once, and starts when it may be here", async () => {
  const { standBy, homeComes, close } = standbyOf();
  const start = vi.fn().mockRejectedValueOnce(copy).mockRejectedValueOnce(copy).mockResolvedValue(app);
  const { started, logger } = begin(start, { standBy });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(start).toHaveBeenCalledTimes(1);
  homeComes();
  // Not all of its streams are the home's yet.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(start).toHaveBeenCalledTimes(2);
  expect(close).not.toHaveBeenCalled();
  homeComes();
  expect(await started).toBe(app);
  expect([standBy, close, logger.warn].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1]);
});

test("what stands in for the app leaves its address before it listens", async () => {
  const { standBy, homeComes, leaveAddress, close } = standbyOf();
  const doneBefore: number[][] = [];
  const start = vi.fn((beforeListen: () => void) => {
    if (start.mock.calls.length === 1) return Promise.reject(copy);
    beforeListen();
    doneBefore.push([leaveAddress.mock.calls.length, close.mock.calls.length]);
    return Promise.resolve(app);
  });
  const { started } = begin(start, { standBy });
  await vi.advanceTimersByTimeAsync(1);
  homeComes();
  await started;
  // Who waits there is sent on when the app listens already.
  expect(doneBefore).toEqual([[1, 0]]);
  expect(close).toHaveBeenCalledTimes(1);
});

test("what ran before may fail to end in order: the process stands by, and starts again", async () => {
  const { standBy, homeComes } = standbyOf();
  const before = { close: vi.fn(() => Promise.reject(away)), leaveAddress: vi.fn() };
  const { started, logger } = begin(vi.fn().mockResolvedValue(app), { standBy, before });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(logger.warn.mock.calls.at(-1)?.[0]).toEqual({ error: away });
  homeComes();
  expect(await started).toBe(app);
});

test("what ran before ends while it stands by, and before it starts again", async () => {
  const { standBy, homeComes } = standbyOf();
  const start = vi.fn().mockResolvedValue(app);
  let end = (): void => undefined;
  const close = vi.fn(() => new Promise<void>((resolve) => (end = resolve)));
  const before = { close, leaveAddress: vi.fn() };
  const { started } = begin(start, { standBy, before });
  await vi.advanceTimersByTimeAsync(1);
  expect([standBy, close].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  homeComes();
  await vi.advanceTimersByTimeAsync(1);
  expect(start).not.toHaveBeenCalled();
  end();
  expect(await started).toBe(app);
});

test("gives up at once where trying again is no cure", async () => {
  const wrong = new StoreError("STORE_MISCONFIGURED", "replicas");
  const start = vi.fn().mockRejectedValue(wrong);
  await expect(begin(start).started).rejects.toBe(wrong);
  expect(start).toHaveBeenCalledTimes(1);
});

test("ends at once when it is told to stop", async () => {
  const stopping = new AbortController();
  const { started } = begin(() => Promise.reject(away), { stopping: stopping.signal });
  await vi.advanceTimersByTimeAsync(1);
  stopping.abort();
  expect(await started).toBeUndefined();
});

test("closes an app that was ready only after the stop", async () => {
  const stopping = new AbortController();
  const start = () => {
    stopping.abort();
    return Promise.resolve(app);
  };
  expect(await begin(start, { stopping: stopping.signal }).started).toBeUndefined();
  expect(app.close).toHaveBeenCalledTimes(1);
});
