import { expect, it, vi } from "vitest";
import { createPlaces } from "./places.ts";

it("runs a limited number at a time, in their order, and gives a place on after a failure", async () => {
  const inPlace = createPlaces(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const results = [0, 1, 2, 3].map((n) =>
    inPlace(async () => {
      begun.push(n);
      await new Promise<void>((resolve) => (ends[n] = resolve));
      if (n === 0) throw new Error("failed");
      return n;
    }).catch(() => "failed"),
  );
  expect(begun).toEqual([0, 1]);
  ends[0]?.();
  expect(await results[0]).toBe("failed");
  expect(begun).toEqual([0, 1, 2]);
  ends[2]?.();
  ends[1]?.();
  expect(await Promise.all([results[1], results[2]])).toEqual([1, 2]);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[3]?.();
  expect(await results[3]).toBe(3);
  expect(await Promise.all([5, 6, 7].map((n) => inPlace(() => Promise.resolve(n))))).toEqual([5, 6, 7]);
});

it("gives up what has waited too long, and goes on with the rest", async () => {
  vi.useFakeTimers();
  try {
    const inPlace = createPlaces(1, { waitMs: 1_000, name: "reads" });
    let end: (() => void) | undefined;
    const first = inPlace(() => new Promise<void>((resolve) => (end = resolve)));
    const begun: string[] = [];
    const late = inPlace(() => Promise.resolve(begun.push("late")));
    const refused = expect(late).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
    await vi.advanceTimersByTimeAsync(500);
    const next = inPlace(() => Promise.resolve(begun.push("next")));
    await vi.advanceTimersByTimeAsync(500);
    await refused;
    end?.();
    await first;
    await next;
    expect(begun).toEqual(["next"]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
