import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { schema } from "@p4/config";

const workspaceRoot = join(import.meta.dirname, "..");
const files = execFileSync("git", ["ls-files", "-z", "README.md", "*/*.md"], { cwd: workspaceRoot, encoding: "utf8" })
  .split("\0")
  .filter((path) => path !== "" && existsSync(join(workspaceRoot, path)));
const documents = files.map((path) => ({ path, text: readFileSync(join(workspaceRoot, path), "utf8") }));

/** All matches in all documents that are not right, as `file: match`. */
function wrong(pattern, isRight) {
  return documents.flatMap(({ path, text }) =>
    [...text.matchAll(pattern)].filter(([, found]) => !isRight(found, path)).map(([, found]) => `${path}: ${found}`),
  );
}

test("links between documents lead somewhere", () => {
  expect(files).toContain("README.md");
  const isThere = (link, path) => existsSync(join(workspaceRoot, dirname(path), link));
  expect(wrong(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g, isThere)).toEqual([]);
});

test("commands that documents name exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8"));
  expect(wrong(/npm run (?:-s )?([a-z]\w*)/g, (name) => Object.hasOwn(scripts, name))).toEqual([]);
});

test("variables that documents name exist", () => {
  const variables = new Set(Object.values(schema).map(({ variable }) => variable));
  // Streams and buckets are named alike.
  const isOther = (name) => /^P4_(CHANNELS|DEADLINES|PROOFS|BLOBS)_/.test(`${name}_`);
  expect(wrong(/(?<![\w-])(P4_[A-Z][A-Z_]*[A-Z])/g, (name) => isOther(name) || variables.has(name))).toEqual([]);
});
