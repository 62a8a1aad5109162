import { describe, expect, it } from "vitest";
import { StoreLatency } from "./store-latency.ts";

/** Ten messages in a tenth of a second, each of which took so long. */
function tick(latency: StoreLatency, atMs: number, tookMs: number): boolean {
  for (let i = 0; i < 10; i++) latency.note(tookMs);
  return latency.isSlow(atMs);
}

describe("StoreLatency", () => {
  it("is slow while messages take more than twice as long as on the quiet node", () => {
    const latency = new StoreLatency(0);
    expect([2, 3, 4].map((tookMs, i) => tick(latency, i * 100, tookMs))).toEqual([false, false, false]);
    expect(tick(latency, 300, 8)).toBe(true);
    expect(tick(latency, 400, 3)).toBe(false);
  });

  it("does not take a long attack for quiet, but learns that a broker has become slower", () => {
    const latency = new StoreLatency(0);
    tick(latency, 0, 2);
    const verdicts = Array.from({ length: 900 }, (_, i) => tick(latency, 100 * (i + 1), 9));
    expect(verdicts.slice(0, 290).every(Boolean)).toBe(true);
    expect(verdicts.at(-1)).toBe(false);
  });

  it("waits for enough messages, and forgets what nobody waits for any more", () => {
    const latency = new StoreLatency(0);
    tick(latency, 0, 2);
    latency.note(50);
    expect(latency.isSlow(100)).toBe(false);
    expect(tick(latency, 200, 50)).toBe(true);
    expect(latency.isSlow(300)).toBe(true);
    expect(latency.isSlow(1_300)).toBe(false);
  });
});
