import { expect, test } from "vitest";
import { isolationsOf, type ReachChange } from "./reach.ts";

const sites = ["a", "b", "c"];
const link = (atMs: number, ends: readonly [string, string], isUp: boolean): ReachChange => ({
  atMs,
  isUp,
  of: { link: ends },
});
const site = (atMs: number, name: string, isUp: boolean): ReachChange => ({ atMs, isUp, of: { site: name } });

test("a site is alone from the loss of its last link to the first that is back", () => {
  const changes = [link(10, ["b", "a"], false), link(20, ["c", "a"], false), link(50, ["b", "a"], true)];
  expect(isolationsOf(changes, sites)).toEqual([{ site: "a", fromMs: 20, untilMs: 50 }]);
});

test("one link is not enough, and a dead site counts as one that cannot be reached", () => {
  expect(isolationsOf([link(10, ["b", "a"], false)], sites)).toEqual([]);
  const changes = [link(10, ["b", "a"], false), site(20, "c", false)];
  expect(isolationsOf(changes, sites)).toEqual([
    { site: "a", fromMs: 20, untilMs: Infinity },
    { site: "b", fromMs: 20, untilMs: Infinity },
  ]);
});
