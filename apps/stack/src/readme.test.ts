import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
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
async function run(
  command: string,
  args: readonly string[],
  { env: more = {}, timeoutMs = 60_000 }: { env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Ran> {
  const outer = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("P4_")));
  const env = { ...outer, ...more };
  const child = spawn(command, args, {
    cwd: workspaceRoot,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: timeoutMs,
  });
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

const hasGo = spawnSync("go", ["version"]).error === undefined;

// The first build of the standard library's parts takes a machine's compiler half a minute.
describe.skipIf(!hasGo)("the example in Go (skipped without Go)", { timeout: 300_000 }, () => {
  const program = join(dataDir, "customer");

  beforeAll(async () => {
    const env = { GOTOOLCHAIN: "local", GOFLAGS: "", CGO_ENABLED: "0" };
    const built = await run("go", ["build", "-o", program, "examples/go/customer.go"], { env, timeoutMs: 280_000 });
    expect(built).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  }, 300_000);

  test.each([
    ["p4", { key: "paymentrequest.response" }],
    ["dpp", { type: "paymentrequest.response" }],
  ])("asks for a payment request in the wrapper %s", async (dialect, answer) => {
    const payd = `http://${String(addresses[1]?.[1])}`;
    const headers = { "content-type": "application/json" };
    const order = { method: "POST", headers, body: '{"satoshis":1200,"memo":"tea"}' };
    const { id } = (await (await fetch(`${payd}/api/v1/invoices`, order)).json()) as { id: string };
    const { exitCode, stdout, stderr } = await run(program, [String(addresses[0]?.[1]), id, dialect]);
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^HTTP\/1\.1 101 /)]);
    const last = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as object;
    expect(last).toMatchObject({ ...answer, body: { memo: "tea" } });
  });

  test("tells why a join is refused", async () => {
    const { exitCode, stderr } = await run(program, [String(addresses[0]?.[1]), "no.channel", "p4"]);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("400");
  });
});

test("no example is left out", () => {
  expect(more).toEqual([]);
});
