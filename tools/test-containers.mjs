// npm run test:containers: the system on a cluster of nats-servers in containers. Without a container engine it is skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
if (!(await ensureBuilt(workspaceRoot))) process.exit(1);
const root = join(workspaceRoot, "deploy", "containers");
// Its hundred packages are for machines with an engine alone.
if (!existsSync(join(root, "node_modules", "testcontainers"))) {
  const { status } = spawnSync("npm", ["ci"], { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
// Testcontainers' reaper is an image to be pulled; the suite removes its containers by itself, and leftovers at the start.
const env = { TESTCONTAINERS_RYUK_DISABLED: "true", ...process.env };
const vitest = join(workspaceRoot, "node_modules", "vitest", "vitest.mjs");
const args = [vitest, "run", "--root", root, ...process.argv.slice(2)];
process.exit(spawnSync(process.execPath, args, { stdio: "inherit", env, cwd: root }).status ?? 1);
