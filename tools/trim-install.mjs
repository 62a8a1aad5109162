// After npm has installed: takes away what this machine can never use, 190 of 650 MB: node tools/trim-install.mjs
// uWebSockets.js comes with its binaries for each platform and Node; the Node of node_modules with headers for compilers.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// Old Nodes run this too: npm does, before Node 22 is there.
const modules = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");
const node22Abi = "127";

/** @param {string} nodeModules absolute */
export function trimInstall(nodeModules, { platform, arch } = process) {
  const binaries = join(nodeModules, "uWebSockets.js", "dist", "bin");
  const own = `uws_${platform}_${arch}_${node22Abi}.node`;
  // A layout that is not known is left alone.
  if (existsSync(join(binaries, own))) {
    for (const name of readdirSync(binaries)) {
      if (/^uws_\w+_\d+\.node$/.test(name) && name !== own) rmSync(join(binaries, name));
    }
  }
  for (const name of existsSync(nodeModules) ? readdirSync(nodeModules) : []) {
    if (/^node-(bin-)?(linux|darwin|win)-/.test(name)) {
      rmSync(join(nodeModules, name, "include"), { recursive: true, force: true });
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) trimInstall(modules);
