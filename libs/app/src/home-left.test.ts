import type { HomeState } from "@p4/nats";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { homeLeft } from "./home-left.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const here = (epoch: number): HomeState => ({ kind: "here", epoch });
const moving: HomeState = { kind: "moving" };
const unconfirmed: HomeState = { kind: "unconfirmed", epoch: 1 };
const away: HomeState = { kind: "away", site: "b" };

async function hasLeft(...states: readonly (HomeState | number)[]): Promise<boolean> {
  const listeners = new Set<(state: HomeState) => void>();
  const home = {
    state: null as HomeState | null,
    onChange(listener: (state: HomeState) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  let left = false;
  void homeLeft(home, 1_000).then(() => (left = true));
  for (const state of states) {
    if (typeof state === "number") await vi.advanceTimersByTimeAsync(state);
    else for (const listener of listeners) listener((home.state = state));
  }
  await vi.advanceTimersByTimeAsync(0);
  return left;
}

test.each([
  ["a home that stays", [here(2), 60_000], false],
  ["one at another site", [here(2), away], true],
  ["a move under way", [here(2), moving, 900], false],
  ["one that takes too long", [here(2), moving, 1_001], true],
  ["a lease that is over, and renewed in time", [here(1), unconfirmed, 900, here(1), 60_000], false],
  ["one that stays over", [here(1), unconfirmed, 1_001], true],
  ["one that was taken back in time, for its epoch is new", [here(2), moving, 500, here(3)], true],
  ["the first epoch of a deployment, which is no move", [here(1), here(1), 60_000], false],
  ["a home that had been elsewhere unnoticed", [here(2), here(4)], true],
] as const)("%s", async (_what, states, left) => {
  expect(await hasLeft(...states)).toBe(left);
});
