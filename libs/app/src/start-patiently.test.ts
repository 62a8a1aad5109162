import { StoreError } from "@p4/event-store";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startPatiently } from "./start-patiently.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const app = { close: vi.fn(() => Promise.resolve()) };
const away = new StoreError("STORE_UNAVAILABLE", "no leader");
const quiet = { warn: vi.fn() };

test("tries again while the broker is away, and says so", async () => {
  const start = vi.fn().mockRejectedValueOnce(away).mockRejectedValueOnce(away).mockResolvedValue(app);
  const started = startPatiently(start, quiet, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await started).toBe(app);
  expect(quiet.warn).toHaveBeenCalledTimes(2);
});

test("a standby looks for its home five times a second, and says once that it waits", async () => {
  const copy = new StoreError("STORE_HOME_MOVED", "a copy");
  const start = vi.fn().mockRejectedValue(copy);
  const warn = vi.fn();
  const started = startPatiently(start, { warn }, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(900);
  start.mockResolvedValue(app);
  await vi.advanceTimersByTimeAsync(200);
  expect(await started).toBe(app);
  expect(start).toHaveBeenCalledTimes(6);
  expect(warn).toHaveBeenCalledTimes(1);
});

test("gives up at once where trying again is no cure", async () => {
  const wrong = new StoreError("STORE_MISCONFIGURED", "replicas");
  const start = vi.fn().mockRejectedValue(wrong);
  await expect(startPatiently(start, quiet, new AbortController().signal)).rejects.toBe(wrong);
  expect(start).toHaveBeenCalledTimes(1);
});

test("ends at once when it is told to stop", async () => {
  const stopping = new AbortController();
  const started = startPatiently(() => Promise.reject(away), quiet, stopping.signal);
  await vi.advanceTimersByTimeAsync(1);
  stopping.abort();
  expect(await started).toBeUndefined();
});

test("closes an app that was ready only after the stop", async () => {
  const stopping = new AbortController();
  const started = startPatiently(
    () => {
      stopping.abort();
      return Promise.resolve(app);
    },
    quiet,
    stopping.signal,
  );
  expect(await started).toBeUndefined();
  expect(app.close).toHaveBeenCalledTimes(1);
});
