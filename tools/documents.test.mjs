import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { schema } from "@p4/config";
import { joinErrorList } from "@p4/edge";
import { closeCodeRanges, closeCodes, joinParameters } from "@p4/protocol";
import { readProjects } from "./projects.mjs";

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

test("places in the repository that documents name exist", () => {
  const isThere = (place) => existsSync(join(workspaceRoot, place));
  expect(wrong(/`((?:apps|libs|docs|tools|deploy|findings)\/[\w./-]+)`/g, isThere)).toEqual([]);
});

test("sources that a package's documents name exist in it", () => {
  const sources = execFileSync("git", ["ls-files", "-z", "apps", "libs"], { cwd: workspaceRoot, encoding: "utf8" })
    .split("\0")
    .filter((path) => existsSync(join(workspaceRoot, path)));
  const isThere = (name, document) => {
    const [, root] = /^((?:apps|libs)\/[^/]+)\//.exec(document) ?? [];
    return root === undefined || sources.some((path) => path.startsWith(`${root}/`) && path.endsWith(`/${name}`));
  };
  expect(wrong(/`([\w./-]+\.tsx?)`/g, (name, path) => /^(apps|libs)\//.test(name) || isThere(name, path))).toEqual([]);
});

test("each package has a README", () => {
  const roots = readProjects(workspaceRoot).map(({ root }) => root);
  // libs/node is to be divided among others.
  expect(roots.filter((root) => root !== "libs/node" && !files.includes(`${root}/README.md`))).toEqual([]);
});

test("docs/architecture.md has each package in its layer", () => {
  const layers = new Map(readProjects(workspaceRoot).map(({ root, layer }) => [root, layer]));
  const rows = read("docs/architecture.md").matchAll(/^\| ([a-z]+)[^|]* \| (`(?:apps|libs)\/.*) \|$/gm);
  const told = [...rows].flatMap(([, layer, cell]) =>
    cell.split(", ").map((name) => [name.slice(1, -1), `type:${layer}`]),
  );
  expect(new Map(told.sort())).toEqual(new Map([...layers].sort()));
});

test("commands that documents name exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(workspaceRoot, "package.json"), "utf8"));
  expect(wrong(/npm run (?:-s )?([a-z][\w:-]*)/g, (name) => Object.hasOwn(scripts, name))).toEqual([]);
});

test("variables that documents name exist", () => {
  const variables = new Set(Object.values(schema).map(({ variable }) => variable));
  // Streams and buckets are named alike, and what brokers' gate files set.
  const isOther = (name) => /^P4_(CHANNELS|DEADLINES|PROOFS|BLOBS|FENCED)_/.test(`${name}_`);
  expect(wrong(/(?<![\w-])(P4_[A-Z][A-Z_]*[A-Z])/g, (name) => isOther(name) || variables.has(name))).toEqual([]);
});

function read(path) {
  return readFileSync(join(workspaceRoot, path), "utf8");
}

test("docs/close-codes.md has the table of close codes, and no other code", () => {
  const rows = read("docs/close-codes.md").matchAll(/^\| (\d{4}) +\|(.*)\|(.*)\|(.*)\|$/gm);
  const told = [...rows].map(([, ...cells]) => cells.map((cell) => cell.trim()));
  const table = Object.values(closeCodes).map(({ code, reasons, meaning, whatToDo }) => {
    return [String(code), reasons.map((reason) => `\`${reason}\``).join(", "), meaning, whatToDo];
  });
  expect(told).toEqual(table);
});

test("docs/close-codes.md has each range of close codes", () => {
  const text = read("docs/close-codes.md").replaceAll("\n", " ");
  for (const { from, to, then } of closeCodeRanges) {
    const [, said] = new RegExp(`${from} to ${to}[:,] ([^.]*\\.)`).exec(text) ?? [];
    expect(said, `${from} to ${to}`).toMatch(
      { stop: /stop/, joinLater: /after a pause/, joinElsewhere: /at once/ }[then],
    );
  }
});

test("docs/close-codes.md has each refused join with its status, and no other code", () => {
  const rows = read("docs/close-codes.md").matchAll(/^\| (\d{3}) +\| `([A-Z_.]+)` +\|/gm);
  const told = [...rows].map(([, status, code]) => `${status} ${code}`);
  // nginx says it, for edges that are not there.
  const others = ["503 HTTP_NO_EDGE"];
  expect(told.sort()).toEqual([...joinErrorList.map(({ status, code }) => `${status} ${code}`), ...others].sort());
});

test("docs/connect-a-wallet.md has the parameters of a join, and no other", () => {
  const [, table] = /\| parameter \| meaning \|\n([^]*?)\n\n/.exec(read("docs/connect-a-wallet.md")) ?? [];
  const told = [...table.matchAll(/`(\w+)=/g)].map(([, name]) => name);
  expect([...new Set(told)].sort()).toEqual(joinParameters.map(({ name }) => name).sort());
});
