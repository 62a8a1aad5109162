import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { runCommandLine } from "@p4/testkit/command-line";
import { chart, scaling } from "./document-commands.ts";
import { workspaceRoot } from "./other-build.ts";

const run = join(workspaceRoot, "docs", "performance", "table.json");
const documentCommand = (kind: "chart" | "scaling", args: readonly string[]): Promise<number> =>
  runCommandLine("bench", [{ chart, scaling }[kind]], args);
let folder: string;
let said: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "p4-bench-"));
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it.each([
  ["chart", /^<svg [^]*<\/svg>\n$/],
  ["scaling", /^# From one payment/],
] as const)("writes the %s of a kept run", async (kind, content) => {
  const output = join(folder, "output");
  expect(await documentCommand(kind, [run, "-o", output])).toBe(0);
  expect(await readFile(output, "utf8")).toMatch(content);
});

it("says what is wrong with the run that it is given", async () => {
  expect(await documentCommand("chart", [join(folder, "none.json")])).toBe(1);
  expect(said).toContain("none.json: ENOENT");
  const partial = join(folder, "partial.json");
  const whole = JSON.parse(await readFile(run, "utf8")) as object;
  await writeFile(partial, JSON.stringify({ ...whole, scenarios: [] }));
  expect(await documentCommand("scaling", [partial])).toBe(1);
  expect(said).toContain("partial.json: the run has no serverCpuMicros in the row payments");
});
