import { describe, expect, it } from "vitest";
import { FailureDetector } from "./failure-detector.ts";

describe("FailureDetector", () => {
  it("bears an election, and leaves a server that stays silent", () => {
    const detector = new FailureDetector();
    expect([0, 100, 2_900].map((nowMs) => detector.unanswered("append", nowMs))).toEqual([false, false, false]);
    detector.answered("append");
    expect([3_100, 6_000, 6_100].map((nowMs) => detector.unanswered("append", nowMs))).toEqual([false, false, true]);
  });

  it("says what is silent, until it is answered or reset", () => {
    const detector = new FailureDetector();
    expect(detector.overdueKind).toBe(null);
    detector.unanswered("read", 0);
    detector.unanswered("append", 0);
    detector.answered("read");
    expect(detector.overdueKind).toBe("append");
    detector.reset();
    expect([detector.overdueKind, detector.unanswered("append", 5_000)]).toEqual([null, false]);
  });

  it("is not deceived by a server that still reads", () => {
    const detector = new FailureDetector();
    detector.unanswered("append", 0);
    detector.answered("read");
    expect(detector.unanswered("append", 3_000)).toBe(true);
  });

  it("does not leave one server after the other when none of them stores", () => {
    const detector = new FailureDetector();
    const times = Array.from({ length: 600 }, (_, i) => i * 100);
    const moves = times.filter((nowMs) => detector.unanswered("append", nowMs));
    expect(moves).toEqual([3_000, 13_000, 23_000, 33_000, 43_000, 53_000]);
  });
});
