import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { bundleCli } from "./bundle-cli.mjs";
import { bundlePages } from "./bundle-pages.mjs";
import { readProjects } from "./projects.mjs";

/** Its validators are made from types by a transform of the TypeScript compiler; everything else only loses its types. */
const compiledProject = "libs/protocol";

const command = "apps/cli";

/**
 * Makes the JavaScript that is missing or older than its sources. The check reads only names and times of files, so that a
 * start of what is built costs milliseconds. Types are not looked at here: `npm run verify` checks them. What runs in browsers
 * is bundled after that, and the p4 command.
 *
 * @param {string} workspaceRoot absolute
 * @returns {Promise<boolean>} false when the build failed; its errors have been printed
 */
export async function ensureBuilt(workspaceRoot) {
  const projects = readProjects(workspaceRoot).map((project) => sourcesOf(workspaceRoot, project));
  const stampFile = join(workspaceRoot, "node_modules", ".cache", "p4-build-stamp");
  const stamp = stampOf(workspaceRoot, projects);
  const complete = projects.every(
    ({ root, dir, dist }) =>
      (existsSync(join(dist, "index.js")) || existsSync(join(dist, "main.js"))) &&
      existsSync(join(dir, "browser")) === existsSync(join(dist, "browser")) &&
      (root !== command || existsSync(join(dist, "bundle", "main.js"))),
  );
  if (complete && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp) return true;
  const startedMs = performance.now();
  progress("building");
  const built = await Promise.all([compile(workspaceRoot, projects), transpileAll(projects)]);
  if (!built.includes(false)) built.push(await bundleAll(workspaceRoot, projects));
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (built.includes(false)) {
    progress(`the build failed after ${seconds} s\n`);
    return false;
  }
  progress(`built in ${seconds} s\n`);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

function sourcesOf(workspaceRoot, { root }) {
  const dir = join(workspaceRoot, root);
  const src = join(dir, "src");
  const files = filesIn(src).filter(({ name }) => /\.(tsx?|json)$/.test(name) && !/\.test\.tsx?$/.test(name));
  return { root, dir, dist: join(dir, "dist"), files, browserFiles: filesIn(join(dir, "browser")) };
}

function filesIn(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, name: path.slice(dir.length + 1), changedMs: statSync(path).mtimeMs };
    });
}

/** Number and newest time of all that is built from: an edit, a new file and a removed one all change it. */
function stampOf(workspaceRoot, projects) {
  const settings = [
    join(workspaceRoot, "tsconfig.base.json"),
    ...projects.flatMap(({ dir }) => ["package.json", "tsconfig.build.json"].map((name) => join(dir, name))),
  ];
  const timesMs = [
    ...settings.map((path) => statSync(path).mtimeMs),
    ...projects.flatMap(({ files, browserFiles }) => [...files, ...browserFiles].map(({ changedMs }) => changedMs)),
  ];
  return `${timesMs.length} files, newest ${timesMs.reduce((newest, each) => Math.max(newest, each), 0)}\n`;
}

function compile(workspaceRoot, projects) {
  const { dist, files } = projects.find(({ root }) => root === compiledProject);
  const isCurrent = files.every(({ name, changedMs }) => changedMs <= writtenMs(join(dist, scriptOf(name))));
  if (isCurrent) return true;
  return new Promise((resolve) => {
    // Only tspc runs the transform; plain tsc would leave a package that fails when it starts.
    const compiler = join(workspaceRoot, "node_modules", "ts-patch", "bin", "tspc.js");
    // With its own record the compiler would leave out results that someone has removed.
    rmSync(join(dist, ".tsbuildinfo"), { force: true });
    const args = [compiler, "-p", join(compiledProject, "tsconfig.build.json"), "--pretty", "false"];
    const child = spawn(process.execPath, args, {
      cwd: workspaceRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    createInterface({ input: child.stdout }).on("line", (line) => process.stderr.write(`${line}\n`));
    child.on("close", (code) => {
      if (code === 0) forgetTransform(dist);
      resolve(code === 0);
    });
  });
}

/** The calls that the transform has replaced leave their import, which would load a hundred files at every start for nothing. */
function forgetTransform(dist) {
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = join(dist, name);
    if (!name.endsWith(".js")) continue;
    const text = readFileSync(path, "utf8");
    const without = text.replace(/^import typia(, \{\})? from "typia";$/m, "");
    if (without !== text && !/\btypia\./.test(without)) writeFileSync(path, without);
  }
}

/** Every other package: types are erased and the names of imported files become those of the results. */
async function transpileAll(projects) {
  const stale = projects
    .filter(({ root }) => root !== compiledProject)
    .flatMap(({ dist, files }) => {
      removeOrphans(dist, files);
      return files.map(({ path, name, changedMs }) => ({ path, changedMs, target: join(dist, scriptOf(name)) }));
    })
    .filter(({ changedMs, target }) => changedMs > writtenMs(target));
  if (stale.length === 0) return true;
  const { transformWithOxc } = await import("vite");
  const results = await Promise.all(
    stale.map(({ path, target }) => transpile(path, target, transformWithOxc).catch((error) => report(path, error))),
  );
  return !results.includes(false);
}

async function transpile(path, target, transformWithOxc) {
  mkdirSync(dirname(target), { recursive: true });
  if (path.endsWith(".json")) {
    copyFileSync(path, target);
    return true;
  }
  const {
    code,
    map,
    errors = [],
  } = await transformWithOxc(readFileSync(path, "utf8"), path, {
    target: "es2023",
    sourcemap: true,
    jsx: { runtime: "automatic", importSource: "preact" },
    typescript: { rewriteImportExtensions: "rewrite", onlyRemoveTypeImports: true },
  });
  if (errors.length > 0) throw errors[0];
  const mapName = `${target.slice(dirname(target).length + 1)}.map`;
  writeFileSync(`${target}.map`, JSON.stringify(map));
  writeFileSync(target, `${code}\n//# sourceMappingURL=${mapName}\n`);
  return true;
}

function report(path, error) {
  process.stderr.write(`${path}: ${error.message}\n`);
  return false;
}

/** Results whose source has gone could still be imported. */
function removeOrphans(dist, files) {
  if (!existsSync(dist)) return;
  const scripts = new Set(files.map(({ name }) => scriptOf(name)));
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(dist.length + 1);
    if (name.endsWith(".js") && !scripts.has(name) && !bundles.some((folder) => name.startsWith(folder))) rmSync(path);
  }
}

const scriptOf = (name) => name.replace(/\.tsx?$/, ".js");

const bundles = [join("browser", "/"), join("bundle", "/")];

async function bundleAll(workspaceRoot, projects) {
  const failed = (root) => (error) => report(root, error);
  // One after the other: the bundler uses all cores by itself.
  for (const { root, dir } of projects) if ((await bundlePages(dir).catch(failed(root))) === false) return false;
  return (await bundleCli(join(workspaceRoot, command)).catch(failed(command))) !== false;
}

/** 0: it is not there. */
function writtenMs(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** One line that is rewritten on a terminal, one line each otherwise. */
function progress(text) {
  const done = text.endsWith("\n");
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[2K${text}` : done ? text : `${text}\n`);
}

if (process.argv[1] === import.meta.filename) {
  process.exit((await ensureBuilt(join(import.meta.dirname, ".."))) ? 0 : 1);
}
