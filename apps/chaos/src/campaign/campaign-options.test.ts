import { expect, test } from "vitest";
import { readOptions } from "./campaign-options.ts";

test("has values for what is left out", () => {
  expect(readOptions([])).toEqual({ minutes: 2, seed: 1, rate: 8, json: false, sabotage: null, dir: null });
});

test("reads minutes, seed and sabotage", () => {
  const options = readOptions(["--minutes", "0.5", "--seed", "7", "--sabotage", "no-occ", "--json"]);
  expect(options).toMatchObject({ minutes: 0.5, seed: 7, sabotage: "no-occ", json: true });
});

test.each([
  [["--minutes", "long"], /--minutes: a number from 0\.1 to 1440, not long/],
  [["--seed", "1.5"], /--seed: a whole number/],
  [["--sabotage", "sleep"], /--sabotage: one of no-occ, deliver-before-store, deaf-edge, not sleep/],
  [["--unknown"], /--unknown/],
])("names what is wrong with %j", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
