import { expect, test, vi } from "vitest";
import { runCommandLine } from "@p4/testkit/command-line";
import { scenarioCommand } from "../scenario-command.ts";
import { campaignOptions } from "./campaign.ts";

/** What a campaign would be told. Rejects with what is said on stderr; "help": on stdout. */
async function readOptions(args: readonly string[]): Promise<unknown> {
  const said: string[] = [];
  const write = (text: string | Uint8Array): boolean => said.push(String(text)) > 0;
  const [out, err] = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")].map((stream) =>
    stream.mockImplementation(write),
  );
  let told: unknown = "help";
  const run = (options: object, given: object) => {
    told = { options, ...given };
    return Promise.resolve(0);
  };
  const command = scenarioCommand({ name: "campaign", summary: "", about: "", options: campaignOptions, run });
  const exitCode = await runCommandLine("chaos", [command], args).finally(() =>
    [out, err].map((stream) => stream?.mockRestore()),
  );
  if (exitCode !== 0) throw new Error(`${String(exitCode)}: ${said.join("")}`);
  return told;
}

test("has values for what is left out", async () => {
  const options = { minutes: 2, seed: 1, rate: 8, sabotage: null, batches: "adaptive" };
  expect(await readOptions([])).toEqual({ options, json: false, dir: null });
});

test("reads minutes, seed and sabotage", async () => {
  const options = await readOptions(["--minutes", "0.5", "--seed", "7", "--sabotage", "no-occ", "--json"]);
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
])("names what is wrong with %j", async (args, message) => {
  await expect(readOptions(args)).rejects.toThrow(message);
});

test("asks for nothing else where help is asked for", async () => {
  expect(await readOptions(["--help", "--seed", "x"])).toBe("help");
});
