import { existsSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "vitest";
import { answers, freePorts, StackProcess, testDir } from "./test-support/stack-process.ts";

/** What a start that fails has told: its exit code and the lines for people. */
async function failedStart(env: Readonly<Record<string, string>>) {
  const stack = new StackProcess([], env);
  const exitCode = await stack.exited;
  const lines = stack.stderr.split("\n").filter((line) => line.startsWith("p4: ") || !line.startsWith("  "));
  return { exitCode, lines: lines.filter((line) => line !== ""), stdout: stack.stdout };
}

describe.concurrent("a start that cannot succeed says why in one line and stops", () => {
  test.for([
    ["P4_PORT", "all"],
    ["P4_PROOF_PORT", "proof-ingest"],
    ["P4_PAYD_PORT", "miner,payd"],
  ] as const)("a port in use: %s, and no broker stays behind", async ([variable, apps], { expect, onTestFinished }) => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const dataDir = testDir(onTestFinished);
    const { exitCode, lines, stdout } = await failedStart({
      ...freePorts,
      [variable]: String(port),
      P4_APPS: apps,
      P4_DATA_DIR: dataDir,
    });
    expect(exitCode).toBe(1);
    const address = `127\\.0\\.0\\.1:${String(port)}`;
    expect(lines).toEqual([expect.stringMatching(new RegExp(`^p4: .*${address}.*set ${variable} to another port`))]);
    const [natsUrl] = /nats:\/\/\S+/.exec(stdout) ?? [];
    expect(natsUrl).toBeDefined();
    expect(await answers(natsUrl as string)).toBe(false);
    expect(existsSync(join(dataDir, "stack.json"))).toBe(false);
  });

  test("a misspelt variable and a bad value: both, with their rules, before anything is touched", async ({
    expect,
    onTestFinished,
  }) => {
    const dataDir = join(testDir(onTestFinished), "data");
    const { exitCode, lines, stdout } = await failedStart({
      P4_PROT: "9000",
      P4_CHANNEL_TTL: "5",
      P4_DATA_DIR: dataDir,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(lines).toEqual([
      expect.stringMatching(/P4_PROT.*did you mean P4_PORT/),
      expect.stringMatching(/P4_CHANNEL_TTL=5.*unit/),
    ]);
    expect(existsSync(dataDir)).toBe(false);
  });

  test("combinations that cannot work: both variables, and the rule", async ({ expect, onTestFinished }) => {
    const dataDir = join(testDir(onTestFinished), "data");
    const short = await failedStart({ P4_LOG_RETENTION: "1h", P4_DATA_DIR: dataDir });
    expect(short).toMatchObject({ exitCode: 2, stdout: "" });
    expect(short.lines).toEqual([expect.stringMatching(/P4_LOG_RETENTION=1h: must be at least P4_CHANNEL_TTL \(2h\)/)]);
    const replicated = await failedStart({ P4_REPLICAS: "3", P4_DATA_DIR: dataDir });
    expect(replicated).toMatchObject({ exitCode: 2, stdout: "" });
    expect(replicated.lines).toEqual([expect.stringMatching(/P4_REPLICAS=3: needs P4_NATS_URL/)]);
    expect(existsSync(dataDir)).toBe(false);
  });

  test("a data directory that cannot be written", async ({ expect, onTestFinished }) => {
    const file = join(testDir(onTestFinished), "file");
    writeFileSync(file, "");
    const { exitCode, lines, stdout } = await failedStart({ ...freePorts, P4_DATA_DIR: join(file, "data") });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(lines).toEqual([expect.stringMatching(/^p4: .*file.*Choose a P4_DATA_DIR/)]);
  });

  test("another system in the same data directory, and what to do", async ({ expect, onTestFinished }) => {
    const dataDir = testDir(onTestFinished);
    const env = { ...freePorts, P4_DATA_DIR: dataDir, P4_APPS: "expiry" };
    const first = new StackProcess([], env);
    onTestFinished(() => first.end());
    await first.printed("Serving.");
    const { exitCode, lines } = await failedStart(env);
    expect(exitCode).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^p4: .*nats is in use by .*another P4_DATA_DIR/)]);
    // The second start has taken nothing from the first one.
    expect(existsSync(join(dataDir, "stack.json"))).toBe(true);
  });

  test("a broker that does not answer: where it was looked for", async ({ expect, onTestFinished }) => {
    const { exitCode, lines } = await failedStart({
      ...freePorts,
      P4_NATS_URL: "nats://127.0.0.1:1",
      P4_DATA_DIR: testDir(onTestFinished),
    });
    expect(exitCode).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^p4: .*nats:\/\/127\.0\.0\.1:1/)]);
  });
});
