import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { HandoverReport } from "./handover.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

test("an edge is drained while wallets pay, and no payment fails", async () => {
  const args = [main, "handover", "--channels", "8", "--seconds", "2", "--json"];
  // Rejects on any other exit code than 0.
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const report = JSON.parse(stdout) as HandoverReport;
  // Of eight pairs two have no wallet at the first edge, two have both.
  expect(report).toMatchObject({
    channelsHandedOver: 6,
    connectionsDrained: 8,
    connectionsBroken: 0,
    neverBack: 0,
    failedPayments: [],
    violations: [],
    drainEnd: { code: 0, signal: null },
  });
});

test("wrong arguments are named, with exit code 2", async () => {
  const run = promisify(execFile)(process.execPath, [main, "handover", "--channels", "0"]);
  await expect(run).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("--channels: a number from 1") as string,
  });
});
