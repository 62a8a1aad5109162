import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenBucket, TokenBuckets } from "./token-bucket.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

describe("TokenBucket", () => {
  it("lets a burst through, then the rate", () => {
    const bucket = new TokenBucket({ burst: 3, perSecond: 10 }, 0);
    const passed = (atMs: number) => Array.from({ length: 5 }, () => bucket.take(1, atMs)).filter(Boolean).length;
    expect([passed(0), passed(99), passed(100), passed(350), passed(60_000)]).toEqual([3, 0, 1, 2, 3]);
  });

  it("lets something larger than the burst pass once, and makes it pay", () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 10 }, 0);
    expect(bucket.take(25, 0)).toBe(true);
    expect(bucket.take(1, 1_500)).toBe(false);
    expect(bucket.take(1, 1_600)).toBe(true);
  });

  it("takes a charge from what is there now: the time before it pays for nothing more", () => {
    const bucket = new TokenBucket({ burst: 10, perSecond: 10 }, 0);
    expect(bucket.take(10, 0)).toBe(true);
    bucket.charge(15, 60_000);
    expect([bucket.take(1, 60_599), bucket.take(1, 60_600)]).toEqual([false, true]);
  });

  it("never lets more pass than burst + rate x time", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200), { maxLength: 300 }), (gapsMs) => {
        const bucket = new TokenBucket({ burst: 5, perSecond: 20 }, 0);
        let [nowMs, passed] = [0, 0];
        for (const gapMs of gapsMs) if (bucket.take(1, (nowMs += gapMs))) passed++;
        expect(passed).toBeLessThanOrEqual(5 + (nowMs / 1000) * 20 + 1e-6);
      }),
    );
  });
});

describe("TokenBuckets", () => {
  it("keeps keys apart and remembers one that goes on", () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 }, 0);
    expect([buckets.take("a", 0), buckets.take("a", 0), buckets.take("a", 0), buckets.take("b", 0)]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    // Four seconds fill a bucket from the deepest debt: "a" is asked for just before and just after the turn.
    buckets.charge("a", 100, 0);
    expect([buckets.take("a", 3_900), buckets.take("a", 4_050), buckets.take("a", 4_100)]).toEqual([true, true, false]);
  });

  it("forgets who was not seen for long, however many they were", () => {
    const buckets = new TokenBuckets({ burst: 2, perSecond: 1 }, 0);
    for (let i = 0; i < 10_000; i++) buckets.take(`2001:db8::${String(i)}`, i / 10);
    expect(buckets.size).toBe(10_000);
    buckets.take("late", 10_000);
    expect(buckets.size).toBe(1);
  });
});
