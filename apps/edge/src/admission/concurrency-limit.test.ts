import { describe, expect, it, onTestFinished, vi } from "vitest";
import { ConcurrencyLimit, type LimitOptions } from "./concurrency-limit.ts";

const usual: LimitOptions = {
  initial: 2,
  max: 64,
  min: 1,
  minHoldMs: 10,
  maxQueued: 1_000,
  maxWaitMs: 1_000,
  floodPerSecond: 1_000,
};

function withFakeClock(options: Partial<LimitOptions> = {}): ConcurrencyLimit {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  return new ConcurrencyLimit({ ...usual, ...options }, Date.now);
}

/** Runs `count` pieces of work; each takes no time of its own. */
function burst(limit: ConcurrencyLimit, count: number) {
  const done = { count: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    void limit.run(() => Promise.resolve()).then((outcome) => (outcome === null ? done.refused++ : done.count++));
  }
  return done;
}

describe("ConcurrencyLimit", () => {
  it("runs at most its limit at the same time, all in the end, in order, failures too", async () => {
    const limit = new ConcurrencyLimit({ ...usual, minHoldMs: 0 });
    let [inside, most] = [0, 0];
    const begun: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, i) =>
        limit.run(async () => {
          begun.push(i);
          most = Math.max(most, ++inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside--;
          if (i % 3 === 0) throw new Error("failed");
        }),
      ),
    );
    expect(most).toBe(2);
    expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(3);
  });

  it("keeps a permit for a while, however short the work is, and gives the result at once", async () => {
    const limit = withFakeClock();
    const done = burst(limit, 100);
    await vi.advanceTimersByTimeAsync(1);
    expect(done.count).toBe(2);
    await vi.advanceTimersByTimeAsync(98);
    expect(done.count).toBe(20);
  });

  it("grows while requests wait, up to its maximum, and falls back when none do", async () => {
    const limit = withFakeClock({ maxQueued: 10_000, maxWaitMs: 10_000 });
    burst(limit, 10_000);
    const adapt = async () => {
      await vi.advanceTimersByTimeAsync(10);
      limit.adapt(1);
      return limit.limit;
    };
    expect(await adapt()).toBeCloseTo(2 + Math.SQRT2);
    for (let i = 0; i < 50; i++) await adapt();
    expect(limit.limit).toBe(64);
    while (limit.queued > 0) await adapt();
    for (let i = 0; i < 100; i++) await adapt();
    expect(limit.limit).toBeCloseTo(2);
  });

  it("does not grow below a quarter of the gradient, however many wait", async () => {
    const limit = withFakeClock({ floodPerSecond: 1_000_000 });
    burst(limit, 500);
    for (const [gradient, grows] of [
      [0.2, false],
      [0.5, true],
    ] as const) {
      await vi.advanceTimersByTimeAsync(10);
      limit.adapt(gradient);
      expect(limit.limit > 2).toBe(grows);
    }
  });

  it("does not grow over work that does not end", async () => {
    const limit = withFakeClock();
    for (let i = 0; i < 10; i++) void limit.run(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(100);
    limit.adapt(1);
    expect([limit.limit, limit.queued]).toEqual([2, 8]);
  });

  it("shrinks with the gradient in a flood alone, and never below its minimum", async () => {
    const limit = withFakeClock({ initial: 32 });
    const adaptAfter = async (arrivals: number, gradient: number) => {
      burst(limit, arrivals);
      await vi.advanceTimersByTimeAsync(100);
      limit.adapt(gradient);
      return limit.limit;
    };
    expect(await adaptAfter(90, 0.5)).toBeCloseTo(32);
    expect(await adaptAfter(110, 0.75)).toBeCloseTo(24);
    expect(await adaptAfter(110, 0.001)).toBeCloseTo(12);
    for (let i = 0; i < 9; i++) await adaptAfter(110, 0.1);
    expect(limit.limit).toBe(1);
  });

  it("refuses at once when its queue is full, and after a while what has waited too long", async () => {
    const limit = withFakeClock({ maxQueued: 5 });
    const work = vi.fn(() => new Promise(() => undefined));
    const runs = Array.from({ length: 10 }, () => limit.run(work));
    expect(limit.shouldReject()).toBe(true);
    expect(await Promise.all(runs.slice(7))).toEqual([null, null, null]);
    await vi.advanceTimersByTimeAsync(999);
    limit.adapt(0);
    const still = limit.queued;
    await vi.advanceTimersByTimeAsync(1);
    limit.adapt(0);
    expect([still > 0, limit.queued]).toEqual([true, 0]);
    expect(limit.shouldReject()).toBe(false);
    expect(await runs[6]).toBeNull();
  });
});
