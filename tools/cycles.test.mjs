import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";
import { readProjects } from "./projects.mjs";

const workspaceRoot = join(import.meta.dirname, "..");

/** Files that are loaded with this one: what is imported for its types alone is not. */
function loadedWith(path) {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    const target = statement.moduleSpecifier?.text;
    return target?.startsWith(".") && !isForTypes(statement) ? [join(dirname(path), target)] : [];
  });
}

function isForTypes(statement) {
  const clause = statement.importClause ?? statement;
  const names = clause.namedBindings?.elements ?? clause.exportClause?.elements;
  return (
    clause.isTypeOnly === true || (clause.name === undefined && names?.every(({ isTypeOnly }) => isTypeOnly) === true)
  );
}

// A constant of a file in a cycle is not initialised yet for the module that is loaded first.
it.each(readProjects(workspaceRoot))("no files of $root import each other in a circle", ({ root }) => {
  const src = join(workspaceRoot, root, "src");
  const files = readdirSync(src, { recursive: true }).filter(
    (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
  );
  const done = new Set();
  const cycles = [];
  const visit = (path, way) => {
    if (way.includes(path))
      cycles.push([...way.slice(way.indexOf(path)), path].map((each) => each.slice(src.length + 1)));
    if (way.includes(path) || done.has(path)) return;
    for (const next of loadedWith(path)) if (next.endsWith(".ts")) visit(next, [...way, path]);
    done.add(path);
  };
  for (const name of files) visit(join(src, name), []);
  expect(cycles.map((files) => files.join(" > "))).toEqual([]);
});
