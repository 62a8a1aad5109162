import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { StopsReport } from "./stops.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** Rejects on any other exit code than 0. */
async function run(...args: string[]): Promise<StopsReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, "strangers", "--json", ...args]);
  return JSON.parse(stdout) as StopsReport;
}

describe("strangers", () => {
  test("do not keep an edge from ending when it is told to", async () => {
    const { stops, violations } = await run("--sigterm", "1", "--rate", "5");
    expect(stops).toMatchObject([{ end: { code: 0, signal: null } }]);
    expect(violations).toEqual([]);
  });

  test("wrong arguments are named, with exit code 2", async () => {
    await expect(run("--sabotage", "x")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--sabotage: one of no-byte-budget, leaked-subscription, late-answers") as string,
    });
  });
});
