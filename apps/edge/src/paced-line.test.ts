import { describe, expect, it, onTestFinished, vi } from "vitest";
import { PacedLine, type Pace } from "./paced-line.ts";

const unpaced: Pace = {
  places: 2,
  startPerSecond: 1e9,
  maxPerSecond: 1e9,
  minPerSecond: 1e9,
  maxWaitMs: 1_000,
  maxWaiting: 1_000,
};

function withFakeClock(pace: Partial<Pace>): PacedLine {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const rates = { startPerSecond: 1_000, maxPerSecond: 2_000, minPerSecond: 10 };
  const usual = { places: 1_000, ...rates, maxWaitMs: 1_000, maxWaiting: 10_000 };
  return new PacedLine({ ...usual, ...pace }, Date.now);
}

describe("PacedLine", () => {
  it("lets so many in at once, all in the end, in order, failures too", async () => {
    const line = new PacedLine(unpaced);
    let [inside, most] = [0, 0];
    const begun: number[] = [];
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, (_, i) =>
        line.pass(async () => {
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

  it("begins so many a second, and fewer while others suffer, but never none", async () => {
    const line = withFakeClock({});
    let begun = 0;
    const come = (count: number) => {
      for (let i = 0; i < count; i++) void line.pass(() => Promise.resolve(begun++));
    };
    come(900);
    await vi.advanceTimersByTimeAsync(500);
    expect(begun).toBeGreaterThan(450);
    expect(begun).toBeLessThan(560);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(begun).toBe(900);
    for (let i = 0; i < 20; i++) line.adapt(true);
    expect(line.perSecond).toBe(10);
    begun = 0;
    come(10);
    await vi.advanceTimersByTimeAsync(500);
    expect(begun).toBeGreaterThan(3);
    expect(begun).toBeLessThan(8);
    for (let i = 0; i < 100; i++) line.adapt(false);
    expect(line.perSecond).toBe(2_000);
    await vi.advanceTimersByTimeAsync(1_000);
    for (let i = 0; i < 100; i++) line.adapt(false);
    expect(line.perSecond).toBeCloseTo(1_000, 0);
  });

  it("sends away at once who would wait too long, without beginning its work", async () => {
    const line = withFakeClock({ places: 1, startPerSecond: 10, maxPerSecond: 10, maxWaitMs: 500 });
    const work = vi.fn(() => Promise.resolve("done"));
    const passes = Array.from({ length: 20 }, () => line.pass(work));
    expect(line.sendsAway()).toBe(true);
    vi.setSystemTime(Date.now() + 100);
    expect(line.takeCamePerSecond()).toBeCloseTo(210);
    expect(line.takeCamePerSecond()).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    const outcomes = await Promise.all(passes);
    expect(outcomes.filter((outcome) => outcome?.result === "done")).toHaveLength(7);
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(13);
    expect(work).toHaveBeenCalledTimes(7);
    expect(line.sendsAway()).toBe(false);
  });

  it("sends away those at its end whom a slower pace would keep waiting too long, and no others", async () => {
    const line = withFakeClock({ places: 1, startPerSecond: 100, maxWaitMs: 1_000 });
    const work = vi.fn(() => Promise.resolve("done"));
    const passes = Array.from({ length: 90 }, () => line.pass(work));
    line.adapt(true);
    const away = await Promise.all(passes.slice(-48));
    expect(new Set(away)).toEqual(new Set([null]));
    await vi.advanceTimersByTimeAsync(1_100);
    expect(await Promise.all(passes.slice(0, 42))).toHaveLength(42);
    expect(work).toHaveBeenCalledTimes(42);
  });

  it("is never longer than it may be, whatever its pace", () => {
    const line = withFakeClock({ places: 1, startPerSecond: 1e6, maxWaiting: 5 });
    for (let i = 0; i < 6; i++) void line.pass(() => new Promise(() => undefined));
    expect(line.sendsAway()).toBe(true);
  });
});
