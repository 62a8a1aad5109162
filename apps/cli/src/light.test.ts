import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

/** Names the packages of node_modules that a module brings with it, one a line. */
const tellPackages = `
import { registerHooks } from "node:module";
const packages = new Set();
registerHooks({
  resolve(name, context, next) {
    const found = next(name, context);
    const [, name1] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url) ?? [];
    if (name1 !== undefined) packages.add(name1);
    return found;
  },
});
await import(process.argv[1]);
console.log([...packages].join("\\n"));
`;

it.each(["replay", "channels", "recover"])("p4 %s loads no library that it does not need", (verb) => {
  const module = pathToFileURL(join(import.meta.dirname, "..", "dist", "verbs", `${verb}.js`)).href;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", tellPackages, module], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  const packages = stdout.trimEnd().split("\n");
  expect(packages).toContain("@nats-io/transport-node");
  // Half of the time of such a command, when it had them.
  for (const heavy of ["@bsv/sdk", "@opentelemetry/api", "pino", "prom-client"]) expect(packages).not.toContain(heavy);
});

/** Names the files that a program is read from, one a line. */
const tellFiles = `
import { registerHooks } from "node:module";
const files = new Set();
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) files.add(url);
    return next(url, context);
  },
});
process.once("exit", () => console.error([...files].join("\\n")));
`;

it("p4 replay is read from few files, not from the 400 that it is written in", () => {
  const bundled = join(import.meta.dirname, "..", "dist", "bundle", "main.js");
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(tellFiles)}`, bundled, "replay", "--help"],
    { encoding: "utf8" },
  );
  expect(stdout).toContain("Usage: p4 replay");
  const files = stderr.trimEnd().split("\n");
  expect(files.length).toBeGreaterThan(1);
  expect(files.length).toBeLessThan(60);
});
