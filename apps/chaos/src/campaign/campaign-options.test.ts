import { expect, test } from "vitest";
import { readArguments } from "../scenario-command.ts";
import { campaignFlags, readCampaign } from "./campaign-options.ts";

const readOptions = (args: readonly string[]) => readArguments({ flags: campaignFlags, read: readCampaign }, args);

test("has values for what is left out", () => {
  const options = { minutes: 2, seed: 1, rate: 8, sabotage: null, batches: "adaptive" };
  expect(readOptions([])).toEqual({ options, json: false, dir: null });
});

test("reads minutes, seed and sabotage", () => {
  const options = readOptions(["--minutes", "0.5", "--seed", "7", "--sabotage", "no-occ", "--json"]);
  expect(options).toMatchObject({ options: { minutes: 0.5, seed: 7, sabotage: "no-occ" }, json: true });
});

test.each([
  [["--minutes", "long"], /--minutes: a number from 0\.1 to 1440, not long/],
  [["--seed", "1.5"], /--seed: a whole number/],
  [
    ["--sabotage", "sleep"],
    /--sabotage: one of no-occ, deliver-before-store, early-acknowledgement, deaf-edge, not sleep/,
  ],
  [["--batches", "some"], /--batches: one of adaptive, always, never, not some/],
  [["--unknown"], /--unknown/],
])("names what is wrong with %j", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});

test("asks for nothing else where help is asked for", () => {
  expect(readOptions(["--help", "--seed", "x"])).toBe("help");
});
