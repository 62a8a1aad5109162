// npm run verify: everything that must hold before a change is shared. Stops at the first step that fails.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const workspaceRoot = join(import.meta.dirname, "..");
const nx = ["nx", "run-many", "--output-style=static", "--parallel=2"];

const steps = [
  { name: "format", command: ["prettier", "--check", "--log-level=warn", "."] },
  { name: "build", command: ["npm", "run", "--silent", "build"] },
  { name: "types", command: [...nx, "-t", "typecheck"] },
  { name: "lint, boundaries", command: [...nx, "-t", "lint"] },
  // Without this step a lint set-up that checks nothing would pass as well.
  { name: "boundaries fire", command: ["vitest", "run", "--project=tools", "boundaries"] },
  { name: "tests", command: ["node", "tools/test.mjs"] },
];

const env = { ...process.env, NX_DAEMON: "false" };
env.PATH = `${join(workspaceRoot, "node_modules", ".bin")}:${env.PATH}`;
const results = [];
for (const { name, command } of steps) {
  console.log(`\n== ${name}`);
  const startedMs = Date.now();
  const { status } = spawnSync(command[0], command.slice(1), { cwd: workspaceRoot, stdio: "inherit", env });
  results.push({ name, ok: status === 0, seconds: ((Date.now() - startedMs) / 1000).toFixed(1) });
  if (status !== 0) break;
}

console.log("");
for (const { name, ok, seconds } of results) console.log(`${ok ? "ok    " : "FAILED"}  ${name} (${seconds} s)`);
for (const { name } of steps.slice(results.length)) console.log(`not run ${name}`);
process.exit(results.every(({ ok }) => ok) ? 0 : 1);
