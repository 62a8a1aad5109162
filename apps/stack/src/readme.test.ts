import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

const workspaceRoot = join(import.meta.dirname, "..", "..", "..");
const readme = readFileSync(join(workspaceRoot, "README.md"), "utf8");
const [plain, withSdk, ...more] = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
const withCoins = /^```sh\n(id=.*?)^```$/ms.exec(readme)?.[1];

const dataDir = testDir(afterAll);
let stack: StackProcess;
/** The addresses of the README, each with the one of this test. */
let addresses: readonly (readonly [documented: string, here: string])[];

beforeAll(async () => {
  stack = new StackProcess([], { ...freePorts, P4_DATA_DIR: dataDir, P4_DEMO: "off" });
  await stack.printed("Serving.");
  const { endpoints } = await readState(dataDir);
  const hostOf = (app: string): string => new URL(String(endpoints.find((one) => one.app === app)?.url)).host;
  addresses = [
    ["127.0.0.1:8445", hostOf("edge")],
    ["127.0.0.1:8443", hostOf("payd")],
    ["127.0.0.1:8444", hostOf("miner")],
  ];
});

afterAll(() => stack.end());

interface Ran {
  readonly exitCode: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the workspace to its end, without the terminal's P4_ variables. */
async function run(command: string, args: readonly string[]): Promise<Ran> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("P4_")));
  const child = spawn(command, args, { cwd: workspaceRoot, env, stdio: ["ignore", "pipe", "pipe"], timeout: 60_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [exitCode] = (await once(child, "close")) as [unknown];
  return { exitCode, stdout, stderr };
}

/** An example as it stands in the README, but for the ports. */
function atTheseAddresses(example: string | undefined): string {
  if (example === undefined) throw new Error("the README has no such example");
  return addresses.reduce((text, [documented, here]) => text.replaceAll(documented, here), example);
}

async function runScript(example: string | undefined): Promise<Ran> {
  // In the workspace, so that the example finds its imports, but where git does not look.
  const file = join(import.meta.dirname, "..", "dist", `readme-example-${String(process.pid)}.mjs`);
  writeFileSync(file, atTheseAddresses(example));
  onTestFinished(() => rmSync(file, { force: true }));
  return run(process.execPath, [file]);
}

test("the example without a library pays and ends", async () => {
  const { exitCode, stdout, stderr } = await runScript(plain);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n").map((line) => line.split(" ")[0])).toEqual([
    "join.success",
    "paymentrequest.response",
    "payment.ack",
    "",
  ]);
});

test("the pages that the README names are there", async () => {
  const named = [...readme.matchAll(/<(http:\/\/127\.0\.0\.1:[^>]+)>/g)].map(([, url]) => url);
  expect(named).toContain("http://127.0.0.1:8445/try");
  for (const url of named) {
    const { status, headers } = await fetch(atTheseAddresses(url), { headers: { accept: "text/html" } });
    expect([url, status, headers.get("content-type")]).toEqual([url, 200, "text/html; charset=utf-8"]);
  }
});

test("the example with the SDK pays and ends", async () => {
  const { exitCode, stdout, stderr } = await runScript(withSdk);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/a book.* true thank you/);
});

test("the commands pay an invoice of the merchant's wallet with real coins", async () => {
  const { exitCode, stdout } = await run("bash", ["-ec", atTheseAddresses(withCoins)]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^paid 1500 satoshis on .*, proved$/m);
  expect(stdout).toContain('"state":"proved"');
});

test("no example is left out", () => {
  expect(more).toEqual([]);
});
