// npm test: builds, runs the tests of all packages, and closes with "N passed, N failed".
// Arguments are passed to vitest as filters: npm test -- libs/channel
import { join } from "node:path";
import { startVitest } from "vitest/node";
import { ensureBuilt } from "./build.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
process.chdir(workspaceRoot);

/** More than that is no accident. */
const maxFilesAgain = 3;

if (!(await ensureBuilt(workspaceRoot))) {
  console.log("0 passed, 1 failed");
  process.exit(1);
}
const vitest = await startVitest("test", process.argv.slice(2), { watch: false });
const failedAtFirst = vitest.state.getTestModules().filter((file) => !file.ok());
const unsteady = failedAtFirst.length > 0 && failedAtFirst.length <= maxFilesAgain ? await runAgain(failedAtFirst) : [];

const count = { passed: 0, failed: 0, skipped: 0 };
for (const file of vitest.state.getTestModules()) {
  for (const test of file.children.allTests())
    count[test.result().state === "pending" ? "skipped" : test.result().state] += 1;
  count.failed += errorsOf(file).length;
}
count.failed += vitest.state.getUnhandledErrors().length;
await vitest.close();

const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : "";
if (unsteady.length > 0) {
  console.log("Failed beside the others and passed alone. Find out why before it is seen again:");
  for (const name of unsteady) console.log(`  ${name}`);
}
console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(count.failed > 0 || count.passed === 0 ? 1 : 0);

/**
 * A few files that failed get a second run, without the load of all the others: what is broken fails again, what was
 * pushed beyond a limit of time passes and is named.
 *
 * @param {import("vitest/node").TestModule[]} files
 * @returns {Promise<string[]>} what failed and then passed
 */
async function runAgain(files) {
  const failed = files.flatMap((file) => failuresOf(file));
  console.log(`\nAgain, alone: ${files.map((file) => file.relativeModuleId).join(", ")}\n`);
  await vitest.runTestSpecifications(files.map((file) => file.toTestSpecification()));
  const still = new Set(vitest.state.getTestModules().flatMap((file) => failuresOf(file)));
  return failed.filter((name) => !still.has(name));
}

/** @param {import("vitest/node").TestModule} file */
function failuresOf(file) {
  const tests = [...file.children.allTests("failed")].map((test) => test.fullName);
  const names = errorsOf(file).length > 0 ? [...tests, "outside its tests"] : tests;
  return names.map((name) => `${file.project.name} ${file.relativeModuleId} > ${name}`);
}

/** A file that does not load, or a hook that fails, has failed although no test of it has. */
function errorsOf(file) {
  return [...file.errors(), ...[...file.children.allSuites()].flatMap((suite) => suite.errors())];
}
