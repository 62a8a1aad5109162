import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { OutageReport } from "./outage.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const small = ["outage", "--brokers", "1", "--channels", "24", "--json"];

/** Rejects on any other exit code than 0. */
async function run(...args: string[]): Promise<OutageReport> {
  const { stdout } = await promisify(execFile)(process.execPath, [main, ...small, ...args]);
  return JSON.parse(stdout) as OutageReport;
}

describe("the loss of every broker", () => {
  test.concurrent.each([
    ["by kill -9", "--seconds", "5"],
    ["by a cut", "--seconds", "10", "--cut"],
  ])("%s costs no socket, no process and no payment", async (_how, ...args) => {
    expect(await run(...args)).toMatchObject({
      socketsOpen: 88,
      socketsClosed: [],
      restarted: [],
      finalRefusals: 0,
      missed: { told: 20, neverTold: 0, toldOutOfOrder: 0 },
      failedPayments: [],
      violations: [],
    });
  });

  const how = "is not survived by edges that never compare with the log, and that is found";
  test.concurrent(how, async () => {
    const { missed } = await run("--seconds", "5", "--sabotage", "no-comparison");
    expect(missed.neverTold).toBeGreaterThan(0);
  });

  test("wrong arguments are named, with exit code 2", async () => {
    await expect(run("--brokers", "2")).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--brokers: 1 or 3, not 2") as string,
    });
  });
});
