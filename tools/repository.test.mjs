import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const workspaceRoot = join(import.meta.dirname, "..");

function run(command, ...args) {
  return execFileSync(command, args, { cwd: workspaceRoot, encoding: "utf8" });
}

const files = run("git", "ls-files", "-z")
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(workspaceRoot, path)));
const contents = new Map(files.map((path) => [path, readFileSync(join(workspaceRoot, path))]));

/** The files whose text matches, as `file: match`, so that a failure names what to remove. */
function findText(pattern) {
  return [...contents].flatMap(([path, content]) => {
    const match = path === "tools/repository.test.mjs" ? null : pattern.exec(content.toString("utf8"));
    return match === null ? [] : [`${path}: ${match[0].trim()}`];
  });
}

test("git holds no binary file", () => {
  expect(files.length).toBeGreaterThan(0);
  expect([...contents].filter(([, content]) => content.includes(0)).map(([path]) => path)).toEqual([]);
});

test("git holds no generated file", () => {
  const generated = /(^|\/)(dist|node_modules|coverage|\.nx)\/|\.(tsbuildinfo|d\.ts|js\.map|log)$/;
  expect(files.filter((path) => generated.test(path))).toEqual([]);
});

test("git holds no file of more than 1 MB", () => {
  expect(files.filter((path) => statSync(join(workspaceRoot, path)).size > 1_000_000)).toEqual([]);
});

test("no file names a path of a developer's machine", () => {
  expect(findText(/(^|[\s"'`(=:])\/(home|Users|root|work)\/[\w.-]+/m)).toEqual([]);
  expect(findText(new RegExp(workspaceRoot.replace(/[^\w/]/g, "\\$&") + "/"))).toEqual([]);
});

test("no file names a package registry: the lock file works with any", () => {
  expect(findText(/"resolved": "http|https?:\/\/[\w.-]*(registry|artifactory|nexus|verdaccio)[\w.-]*/)).toEqual([]);
  const { host } = new URL(run("npm", "config", "get", "registry").trim());
  expect(findText(new RegExp(host.replace(/\W/g, "\\$&")))).toEqual([]);
});
