// Runs one of the applications, building first what is not built: node tools/run.mjs <command> [arguments]
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";

const commands = {
  start: ["stack"],
  demo: ["stack", "demo"],
  bench: ["bench"],
  chaos: ["chaos"],
  cluster: ["chaos", "cluster"],
  regions: ["chaos", "region-drills"],
  p4: ["cli"],
};

const workspaceRoot = join(import.meta.dirname, "..");
const node22Abi = "127";

const [name, ...args] = process.argv.slice(2);
if (process.versions.modules !== node22Abi) process.exit(runAgainOnNode22());
const command = commands[name];
if (command === undefined) {
  console.error(`Unknown command ${name ?? ""}. One of: ${Object.keys(commands).join(", ")}`);
  process.exit(2);
}
if (!(await ensureBuilt(workspaceRoot))) process.exit(1);
const [app, ...fixedArgs] = command;
const dist = join(workspaceRoot, "apps", app, "dist");
const bundled = join(dist, "bundle", "main.js");
const main = existsSync(bundled) ? bundled : join(dist, "main.js");
// In this process, so that signals and the exit code are the application's own.
process.argv = [process.execPath, main, ...fixedArgs, ...args];
await import(pathToFileURL(main).href);

/** uWebSockets.js has binaries for Node 22 here; the workspace brings that Node, npm scripts use it. */
function runAgainOnNode22() {
  const node = join(workspaceRoot, "node_modules", ".bin", "node");
  if (process.env.NODE22_REEXECUTED !== undefined || !existsSync(node)) {
    console.error(`This is Node ${process.versions.node}; Node 22 is needed. Run "npm ci" in ${workspaceRoot}.`);
    return 1;
  }
  const env = { ...process.env, NODE22_REEXECUTED: "1" };
  return spawnSync(node, process.argv.slice(1), { stdio: "inherit", env }).status ?? 1;
}
