import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { RegionsReport } from "./moves.ts";

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

test("wallets pay on while a home moves, and after its site is killed", async () => {
  const args = [main, "region-drills", "--rate", "8", "--seconds", "3", "--json"];
  // Rejects on any other exit code than 0.
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [planned, killed] = (JSON.parse(stdout) as RegionsReport).drills;
  expect(planned).toMatchObject({ drill: "switch", unexplained: [], lost: 0, storedTwice: 0, onlyAtOldHome: 0 });
  expect(killed).toMatchObject({
    drill: "failover",
    unexplained: [],
    storedTwice: 0,
    firstAppendMs: expect.any(Number),
  });
});
