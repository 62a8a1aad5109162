import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

const readme = readFileSync(join(import.meta.dirname, "..", "..", "..", "README.md"), "utf8");
const [plain, withSdk, ...more] = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => String(code));

let stack: StackProcess;
let edge: string;

beforeAll(async () => {
  const dataDir = testDir(afterAll);
  stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_APPS: "edge" });
  await stack.printed("Serving.");
  const [endpoint] = (await readState(dataDir)).endpoints;
  edge = new URL(String(endpoint?.url)).host;
}, 60_000);

afterAll(() => stack.end());

/** Runs an example as it stands in the README, but at the port of this test. */
async function run(code: string): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  // In the workspace, so that the example finds its imports, but where git does not look.
  const file = join(import.meta.dirname, "..", "dist", `readme-example-${String(process.pid)}.mjs`);
  writeFileSync(file, code.replaceAll("127.0.0.1:8445", edge));
  onTestFinished(() => rmSync(file, { force: true }));
  const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [exitCode] = (await once(child, "close")) as [unknown];
  return { exitCode, stdout, stderr };
}

test("the example without a library pays and ends", { timeout: 30_000 }, async () => {
  const { exitCode, stdout, stderr } = await run(String(plain));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "join.success",
    "paymentrequest.response",
    "payment.ack",
    "",
  ]);
});

test("the example with the SDK pays and ends", { timeout: 30_000 }, async () => {
  const { exitCode, stdout, stderr } = await run(String(withSdk));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/a book.* true thank you/);
});

test("no example is left out", () => {
  expect(more).toEqual([]);
});
