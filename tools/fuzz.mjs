// npm run fuzz -- --cases 100000: as many odd frames for the decoder, as many odd frames, requests and joins to a running edge,
// and what is left over after them.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startVitest } from "vitest/node";
import { ensureBuilt } from "./build.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
const { values } = parseArgs({ options: { cases: { type: "string", default: "100000" } } });
const cases = Number(values.cases);
if (!Number.isSafeInteger(cases) || cases < 100 || cases > 10_000_000) {
  console.error(`--cases: a whole number from 100 to 10000000, not ${values.cases}`);
  process.exit(2);
}
process.chdir(workspaceRoot);
process.env["FUZZ_CASES"] = String(cases);
if (!(await ensureBuilt(workspaceRoot))) process.exit(1);
// The decoders alone, then a running edge.
const project = ["@p4/protocol", "@p4/spv", "@p4/stack"];
const vitest = await startVitest("test", ["fuzz"], { watch: false, project });
const hasFailed = vitest.state.getTestModules().some((file) => !file.ok());
await vitest.close();
process.exit(hasFailed ? 1 : 0);
