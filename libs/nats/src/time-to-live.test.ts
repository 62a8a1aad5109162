import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wholeSeconds } from "./time-to-live.ts";

// The same cases on every machine.
fc.configureGlobal({ seed: 20_261_129 });

describe("wholeSeconds", () => {
  it("is never more than 50 ms late, nor a second early", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 10_000_000 }), (remainingMs) => {
        const lateMs = wholeSeconds(remainingMs) * 1_000 - remainingMs;
        expect(lateMs).toBeLessThanOrEqual(50);
        expect(lateMs).toBeGreaterThan(-1_000);
      }),
    );
  });

  it("is one second at least", () => {
    expect([-5, 0, 1, 999].map(wholeSeconds)).toEqual([1, 1, 1, 1]);
  });
});
