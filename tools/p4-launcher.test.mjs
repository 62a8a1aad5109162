import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const launcher = join(import.meta.dirname, "..", "apps", "cli", "bin", "p4.mjs");
/** Makes a Node believe that it is an older one; the Node that it starts in turn does not inherit this. */
const asNode20 =
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,modules:"115",node:"20.0.0"}})';
let workspace;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "p4-launcher-"));
  mkdirSync(join(workspace, "apps/cli/bin"), { recursive: true });
  copyFileSync(launcher, join(workspace, "apps/cli/bin/p4.mjs"));
});

afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function build() {
  mkdirSync(join(workspace, "apps/cli/dist/bundle"), { recursive: true });
  const main = "console.log(process.versions.modules, process.argv.slice(2).join()); process.exitCode = 7;";
  writeFileSync(join(workspace, "apps/cli/dist/bundle/main.js"), main);
}

function installNode() {
  mkdirSync(join(workspace, "node_modules/.bin"), { recursive: true });
  symlinkSync(process.execPath, join(workspace, "node_modules/.bin/node"));
}

function p4(...nodeOptions) {
  const args = [...nodeOptions, join(workspace, "apps/cli/bin/p4.mjs"), "pay", "--fast"];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

test("on Node 22 the command runs with its arguments and exit code", () => {
  build();
  expect(p4()).toMatchObject({ stdout: "127 pay,--fast\n", stderr: "", status: 7 });
});

test("an older Node says so and goes on with the workspace's Node 22", () => {
  build();
  installNode();
  const result = p4("--import", asNode20);
  expect(result).toMatchObject({ stdout: "127 pay,--fast\n", status: 7 });
  expect(result.stderr).toContain("this is Node 20.0.0");
});

test("without Node 22 or a build it says what to run", () => {
  expect(p4()).toMatchObject({ stderr: "p4 is not built. Run: npm ci && npm run build\n", status: 1 });
  build();
  expect(p4("--import", asNode20)).toMatchObject({ stdout: "", status: 1 });
  expect(p4("--import", asNode20).stderr).toContain("Run: npm ci");
});

test("each file of the bundled command loads: verbs are read when they are used", async () => {
  const bundle = join(import.meta.dirname, "..", "apps", "cli", "dist", "bundle");
  // The entry runs the command.
  const files = readdirSync(bundle).filter((name) => name !== "main.js");
  expect(files.length).toBeGreaterThan(10);
  const list = files.map((name) => pathToFileURL(join(bundle, name)).href);
  const script = `for (const file of ${JSON.stringify(list)}) await import(file);`;
  const node = join(import.meta.dirname, "..", "node_modules", ".bin", "node");
  expect(spawnSync(node, ["--input-type=module", "-e", script], { encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});
