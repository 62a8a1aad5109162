import { Command } from "commander";
import { describe, expect, it } from "vitest";
import type { VerbContext } from "./verb.ts";
import { verbs as entries } from "./verbs/index.ts";
import { runP4 } from "./test-support/run-p4.ts";

/** Every verb, and every verb of a verb, as the help names them. */
async function verbsOf(...path: readonly string[]): Promise<string[][]> {
  const { out } = await runP4([...path, "--help"]);
  const commands = /\nCommands:\n((?: {2}.*\n)+)/.exec(`${out}\n`)?.[1] ?? "";
  const names = [...commands.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
    .map(([, name]) => name ?? "")
    .filter((name) => name !== "help");
  const deeper = await Promise.all(names.map((name) => verbsOf(...path, name)));
  return [...names.map((name) => [...path, name]), ...deeper.flat()];
}

const verbs = await verbsOf();

describe("--help", () => {
  it("finds the verbs", () => expect(verbs.length).toBeGreaterThan(30));

  it.each(verbs.map((path) => [path.join(" ")]))("of p4 %s", async (verb) => {
    const { exitCode, out, err } = await runP4([...verb.split(" "), "--help"]);
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toContain(`Usage: p4 ${verb} [options]`);
    expect(out).toMatch(new RegExp(`\nExamples:\n(.*\n)*.*p4 ${verb}`));
    const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option);
    expect(options).toContain("--json");
    expect(options).toEqual([...new Set(options)]);
    // What stands in the usage is explained.
    for (const [, argument] of out.split("\n")[0]!.matchAll(/ [<[](\w[\w-]*)[>\]]/g)) {
      if (argument !== "options" && argument !== "command")
        expect(out).toMatch(new RegExp(`^  ${argument}  +\\w`, "m"));
    }
  });
});

it("says of a verb what the verb says of itself", async () => {
  for (const { name, usage, summary, load } of entries) {
    const verb = new Command(name).description(summary);
    (await load())(verb, {} as VerbContext);
    expect([verb.name(), verb.usage(), verb.description()]).toEqual([name, usage, summary]);
  }
});

it("--json may stand before the verb, within and behind", async () => {
  const asJson = { exitCode: 2, out: expect.stringMatching(/^{"error":{"code":"BAD_OPTIONS".*}$/) as string };
  for (const args of [
    ["--json", "archive"],
    ["archive", "--json"],
    ["archive", "--dir", "a", "--json"],
  ]) {
    expect(await runP4(args)).toMatchObject(asJson);
  }
  const missing = await runP4(["evidence", "show", "/nowhere/a.p4e", "--json"]);
  expect(missing.json()).toMatchObject({ error: { message: expect.stringContaining("/nowhere/a.p4e") as string } });
});

it("an option belongs to the verb that it stands behind", async () => {
  const { exitCode, err } = await runP4(["anchor", "compare", "day.p4a", "--wallet", "my.json"]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("unknown option '--wallet'")]);
  expect((await runP4(["archive", "list", "--dir", "archive"])).exitCode).toBe(2);
});
