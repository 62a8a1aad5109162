import { describe, expect, it } from "vitest";
import { Silence } from "./silence.ts";

describe("Silence", () => {
  it("bears an election, and leaves a server that stays silent", () => {
    const silence = new Silence();
    expect([0, 100, 2_900].map((nowMs) => silence.unanswered("append", nowMs))).toEqual([false, false, false]);
    silence.answered("append");
    expect([3_100, 6_000, 6_100].map((nowMs) => silence.unanswered("append", nowMs))).toEqual([false, false, true]);
  });

  it("says what is silent, until it is answered or forgotten", () => {
    const silence = new Silence();
    expect(silence.silentKind).toBe(null);
    silence.unanswered("read", 0);
    silence.unanswered("append", 0);
    silence.answered("read");
    expect(silence.silentKind).toBe("append");
    silence.forget();
    expect([silence.silentKind, silence.unanswered("append", 5_000)]).toEqual([null, false]);
  });

  it("is not deceived by a server that still reads", () => {
    const silence = new Silence();
    silence.unanswered("append", 0);
    silence.answered("read");
    expect(silence.unanswered("append", 3_000)).toBe(true);
  });

  it("does not leave one server after the other when none of them stores", () => {
    const silence = new Silence();
    const times = Array.from({ length: 600 }, (_, i) => i * 100);
    const moves = times.filter((nowMs) => silence.unanswered("append", nowMs));
    expect(moves).toEqual([3_000, 13_000, 23_000, 33_000, 43_000, 53_000]);
  });
});
