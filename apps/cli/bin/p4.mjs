#!/usr/bin/env node
// Starts the p4 command on the workspace's own Node 22. Old Nodes must be able to read this file: no build, no
// dependency, no new syntax.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// uWebSockets.js and the tests are made for this ABI, which is Node 22's.
const neededAbi = "127";
const binDir = dirname(fileURLToPath(import.meta.url));
const main = join(binDir, "..", "dist", "bundle", "main.js");

if (!existsSync(main)) {
  fail("p4 is not built. Run: npm ci && npm run build");
} else if (process.versions.modules === neededAbi) {
  process.argv[1] = main;
  // What was compiled once is not compiled again, in a folder of this user's under the system's one for such files.
  if (module.enableCompileCache) module.enableCompileCache();
  import(pathToFileURL(main).href).catch(function (error) {
    fail(String((error && error.stack) || error));
  });
} else {
  startOnNode22();
}

function startOnNode22() {
  const node = findWorkspaceNode(binDir);
  if (node === undefined) {
    fail("p4 needs Node 22; this is Node " + process.versions.node + ". Run: npm ci");
    return;
  }
  process.stderr.write("p4: this is Node " + process.versions.node + "; going on with the workspace's Node 22\n");
  // The child starts the application itself, so a wrong Node in the workspace cannot make this a loop.
  const result = spawnSync(node, [main].concat(process.argv.slice(2)), { stdio: "inherit" });
  if (result.error) fail(String(result.error));
  else process.exitCode = result.status === null ? 1 : result.status;
}

function findWorkspaceNode(from) {
  for (let dir = from; dirname(dir) !== dir; dir = dirname(dir)) {
    const node = join(dir, "node_modules", ".bin", "node");
    if (existsSync(node)) return node;
  }
  return undefined;
}

function fail(message) {
  process.stderr.write(message + "\n");
  process.exitCode = 1;
}
