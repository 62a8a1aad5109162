import { expect, it } from "vitest";
import { Newcomers } from "./newcomers.ts";

it("expects merchants to be new until one was not, and again a second later", () => {
  let nowMs = 5_000;
  const newcomers = new Newcomers(() => nowMs);
  expect(newcomers.areNew).toBe(true);
  newcomers.wasKnown();
  expect(newcomers.areNew).toBe(false);
  nowMs += 999;
  expect(newcomers.areNew).toBe(false);
  nowMs += 1;
  expect(newcomers.areNew).toBe(true);
});
