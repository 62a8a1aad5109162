import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readProjects } from "./projects.mjs";

const workspaceRoot = join(import.meta.dirname, "..");
const read = (path) => readFileSync(join(workspaceRoot, path), "utf8");

/** What the manifests name, as "package version: users", like a row of the document. */
function declared() {
  const manifests = [
    { user: "the workspace", path: "package.json" },
    { user: "deploy/containers", path: "deploy/containers/package.json" },
  ];
  for (const { root } of readProjects(workspaceRoot)) manifests.push({ user: root, path: `${root}/package.json` });
  const users = new Map();
  for (const { user, path } of manifests) {
    const { dependencies, devDependencies, optionalDependencies, peerDependencies } = JSON.parse(read(path));
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...peerDependencies });
    for (const [name, version] of all) {
      if (name.startsWith("@p4/")) continue;
      const key = `${name} ${version}`;
      users.set(key, [...(users.get(key) ?? []), user]);
    }
  }
  return [...users].map(([key, names]) => `${key}: ${names.sort().join(", ")}`).sort();
}

const rows = [
  ...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` \| (\S+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm),
];

test("docs/dependencies.md lists each direct dependency with its version and users, and nothing else", () => {
  const documented = rows.map(
    ([, name, version, , users]) => `${name} ${version}: ${users.split(", ").sort().join(", ")}`,
  );
  expect(documented.sort()).toEqual(declared());
});

test("each dependency has a licence and a reason", () => {
  for (const [, name, , licence, , reason] of rows) {
    expect(licence.trim(), name).not.toBe("");
    expect(reason.trim(), name).not.toBe("");
  }
});

test("versions are exact", () => {
  expect(rows.map(([, , version]) => version).filter((version) => !/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version))).toEqual(
    [],
  );
});
