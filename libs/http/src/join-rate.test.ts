import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JoinRate, type JoinVerdict } from "./join-rate.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

const limit = { burst: 200, perSecond: 100 };

/** Counts the verdicts on `joins` joins at one moment. */
function burst(rate: JoinRate, joins: number, nowMs: number, address = "a"): Record<JoinVerdict, number> {
  const counts = { passes: 0, tooFast: 0, cutOff: 0 };
  for (let i = 0; i < joins; i++) counts[rate.take(address, nowMs)]++;
  return counts;
}

describe("JoinRate", () => {
  it("lets a burst pass, answers half as many, and cuts off the rest", () => {
    const rate = new JoinRate(limit, 0);
    expect(burst(rate, 1_000, 0)).toEqual({ passes: 200, tooFast: 100, cutOff: 700 });
    expect([rate.isCutOff("a", 0), rate.isCutOff("b", 0), rate.take("b", 0)]).toEqual([true, false, "passes"]);
  });

  it("is silent for two seconds, and then the whole burst passes again", () => {
    const rate = new JoinRate(limit, 0);
    burst(rate, 301, 0);
    expect([rate.isCutOff("a", 1_999), rate.isCutOff("a", 2_000)]).toEqual([true, false]);
    expect(burst(rate, 200, 2_000)).toEqual({ passes: 200, tooFast: 0, cutOff: 0 });
  });

  it("is not prolonged by one that goes on, and keeps the refill for later joins", () => {
    const rate = new JoinRate(limit, 0);
    burst(rate, 301, 0);
    for (let nowMs = 10; nowMs < 2_000; nowMs += 10) expect(burst(rate, 5, nowMs).cutOff).toBe(5);
    expect(burst(rate, 200, 2_000).passes).toBe(200);
  });

  it("lets an address that never stops have nearly all of its rate", () => {
    const rate = new JoinRate(limit, 0);
    let passed = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 10) passed += burst(rate, 50, nowMs).passes;
    expect(passed / 60).toBeGreaterThan(0.9 * limit.perSecond);
  });

  it("never lets an address that keeps to its rate hear a refusal", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 10, max: 3_000 }), { maxLength: 300 }), (gapsMs) => {
        const rate = new JoinRate(limit, 0);
        let nowMs = 0;
        for (const gapMs of gapsMs) expect(rate.take("a", (nowMs += gapMs))).toBe("passes");
      }),
    );
  });

  it("tells a few even when the rate is low", () => {
    expect(burst(new JoinRate({ burst: 2, perSecond: 1 }, 0), 20, 0)).toEqual({ passes: 2, tooFast: 16, cutOff: 2 });
  });
});
