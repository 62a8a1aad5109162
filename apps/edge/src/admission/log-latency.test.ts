import { describe, expect, it } from "vitest";
import { LogLatency } from "./log-latency.ts";

/** Ten messages in a tenth of a second, each of which took so long. */
function tick(latency: LogLatency, atMs: number, tookMs: number): number {
  for (let i = 0; i < 10; i++) latency.note(tookMs);
  return latency.gradient(atMs);
}

describe("LogLatency", () => {
  it("has a gradient below 1 while messages take more than twice as long as on the quiet node", () => {
    const latency = new LogLatency(0);
    expect([2, 3, 4].map((tookMs, i) => tick(latency, i * 100, tookMs))).toEqual([1, 1, 1]);
    expect(tick(latency, 300, 10)).toBe(0.5);
    expect(tick(latency, 400, 3)).toBe(1);
  });

  it("does not take a long attack for quiet, but learns that a broker has become slower", () => {
    const latency = new LogLatency(0);
    tick(latency, 0, 2);
    const gradients = Array.from({ length: 900 }, (_, i) => tick(latency, 100 * (i + 1), 9));
    expect(gradients.slice(0, 290).every((gradient) => gradient < 1)).toBe(true);
    expect(gradients.at(-1)).toBe(1);
  });

  it("waits for enough messages, and forgets them when no more come", () => {
    const latency = new LogLatency(0);
    tick(latency, 0, 2);
    latency.note(50);
    expect(latency.gradient(100)).toBe(1);
    expect(tick(latency, 200, 50)).toBeLessThan(1);
    expect(latency.gradient(300)).toBeLessThan(1);
    expect(latency.gradient(1_300)).toBe(1);
  });

  it("tells how long what waits has waited, unless it is a few: one shard may elect its leader", () => {
    const latency = new LogLatency(0);
    const ends = Array.from({ length: 99 }, () => latency.begin(1_000));
    expect(latency.waitedMs(5_000)).toBe(0);
    const end = latency.begin(4_000);
    expect(latency.waitedMs(5_000)).toBeCloseTo(3_970);
    end();
    for (const each of ends) each();
    expect([latency.waiting, latency.waitedMs(9_000)]).toEqual([0, 0]);
  });
});
