// After npm has installed: takes away what nothing here ever loads, half of what lies there: node tools/trim-install.mjs
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// Old Nodes run this too: npm does, before Node 22 is there.
const modules = join(dirname(fileURLToPath(import.meta.url)), "..", "node_modules");
const node22Abi = "127";

/** Sources and manuals beside what was built of them, and pages of tools that are used without them. */
const unused = [
  "@bsv/sdk/docs",
  "@bsv/sdk/src",
  "@typia/core/src",
  "@typia/interface/src",
  "@typia/transform/src",
  "@typia/utils/src",
  "bintrees/test",
  "playwright-core/lib/vite",
  "secp256k1/src",
  "typia/src",
];

/** What nx runs on where it has no native binary. */
const withoutNativeNx = [
  "@emnapi/core/dist",
  "@emnapi/runtime/dist",
  "@napi-rs/wasm-runtime/dist",
  "@tybys/wasm-util/dist",
  "@tybys/wasm-util/lib",
  "nx/dist/src/native/nx.wasm32-wasi.debug.wasm",
  "nx/dist/src/native/nx.wasm32-wasi.wasm",
];

/** @param {string} nodeModules absolute */
export function trimInstall(nodeModules, { platform, arch } = process) {
  if (!existsSync(nodeModules)) return;
  const take = (...path) => rmSync(join(nodeModules, ...path), { recursive: true, force: true });
  trimSockets(join(nodeModules, "uWebSockets.js", "dist", "bin"), `uws_${platform}_${arch}_${node22Abi}.node`);
  // Headers for compilers of addons; what the compiler says in other languages.
  for (const name of readdirSync(nodeModules)) if (/^node-(bin-)?(linux|darwin|win)-/.test(name)) take(name, "include");
  for (const name of foldersIn(join(nodeModules, "typescript", "lib"))) take("typescript", "lib", name);
  for (const path of unused) take(...path.split("/"));
  if (hasNativeNx(nodeModules, `${platform}-${arch}`)) for (const path of withoutNativeNx) take(...path.split("/"));
  trimTexts(nodeModules);
}

/** uWebSockets.js comes with a binary for each platform and Node. */
function trimSockets(binaries, own) {
  // A layout that is not known is left alone.
  if (!existsSync(join(binaries, own))) return;
  for (const name of readdirSync(binaries)) {
    if (/^uws_\w+_\d+\.node$/.test(name) && name !== own) rmSync(join(binaries, name));
  }
}

function hasNativeNx(nodeModules, machine) {
  const scope = join(nodeModules, "@nx");
  const own = foldersIn(scope).filter((name) => `${name}-`.startsWith(`nx-${machine}-`));
  return own.some((name) => readdirSync(join(scope, name)).some((file) => file.endsWith(".node")));
}

function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Source maps and texts for readers; licences stay. */
function trimTexts(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    // Links lead to the packages of the workspace.
    if (entry.isDirectory()) trimTexts(path);
    else if (entry.isFile() && isForReaders(entry.name)) rmSync(path);
  }
}

const isForReaders = (name) =>
  /\.[cm]?[jt]sx?\.map$|\.css\.map$/.test(name) ||
  (/\.(md|markdown)$/i.test(name) && !/licen[cs]e|notice|copying/i.test(name));

if (process.argv[1] === fileURLToPath(import.meta.url)) trimInstall(modules);
