// npm test: builds, runs the tests of all packages, and closes with "N passed, N failed".
// Arguments are passed to vitest as filters: npm test -- libs/channel
import { join } from "node:path";
import { startVitest } from "vitest/node";
import { ensureBuilt } from "./build.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
process.chdir(workspaceRoot);

if (!(await ensureBuilt(workspaceRoot))) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const vitest = await startVitest("test", process.argv.slice(2), { watch: false });
const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of vitest.state.getTestModules()) {
  for (const test of file.children.allTests())
    count[test.result().state === "pending" ? "skipped" : test.result().state] += 1;
  // A file that does not load, or a hook that fails, has failed although no test of it has.
  count.failed += file.errors().length;
  for (const suite of file.children.allSuites()) count.failed += suite.errors().length;
}
count.failed += vitest.state.getUnhandledErrors().length;
await vitest.close();

const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);
