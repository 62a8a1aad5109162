import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findNatsServer, startNatsServer } from "@p4/nats-server";
import { expect, onTestFinished, test } from "vitest";
import { freePorts, StackProcess, testDir } from "./test-support/stack-process.ts";

const password = "S3cret/@part:%#?";
const edgeAlone = { ...freePorts, P4_APPS: "edge", P4_DEMO: "off", P4_LOG_LEVEL: "trace", P4_SHARDS: "1" };

async function brokerWithLogin(): Promise<string> {
  const dir = testDir(onTestFinished);
  const configFile = join(dir, "nats.conf");
  await writeFile(configFile, `max_payload: 2MB\nauthorization { user: ops, password: ${JSON.stringify(password)} }\n`);
  const { path: binary } = await findNatsServer();
  const server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats") });
  onTestFinished(() => server.stop());
  return server.url.replace("nats://", "");
}

test("the password of P4_NATS_URL is in no output and in no file, and those files are the user's alone", async () => {
  const authority = await brokerWithLogin();
  const dataDir = join(testDir(onTestFinished), "data");
  const url = `nats://ops:${encodeURIComponent(password)}@${authority}`;
  const stack = new StackProcess([], { ...edgeAlone, P4_DATA_DIR: dataDir, P4_NATS_URL: url });
  onTestFinished(() => stack.end());
  await stack.printed("Serving.");
  const [state, log] = await Promise.all(["stack.json", "p4.log"].map((name) => readFile(join(dataDir, name), "utf8")));
  expect(JSON.parse(state ?? "")).toMatchObject({
    natsUrl: `nats://${authority}`,
    needsLogin: true,
    settings: { P4_REGION: "local", P4_SHARDS: "1", P4_REPLICAS: "1", P4_LOG_RETENTION: "7776000000ms" },
  });
  for (const text of [state, log, stack.stdout, stack.stderr]) expect(text).not.toContain("S3cret");
  const modes = await Promise.all(
    ["", "stack.json", "p4.log"].map(async (name) => (await stat(join(dataDir, name))).mode),
  );
  expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(["700", "600", "600"]);
});

test.each([
  ["is wrong", (authority: string) => `nats://ops:S3cret-of-another@${authority}`, 1],
  ["breaks the URL", (authority: string) => `nats://ops:S3cret/@part@${authority}`, 2],
  ["looks like a port and a path", (authority: string) => `nats://ops:12/S3cret@${authority}`, 2],
])("a password that %s is not shown when it stops the start", async (_, urlOf, expected) => {
  const authority = expected === 1 ? await brokerWithLogin() : "127.0.0.1:4222";
  const dataDir = testDir(onTestFinished);
  const stack = new StackProcess([], { ...edgeAlone, P4_DATA_DIR: dataDir, P4_NATS_URL: urlOf(authority) });
  expect(await stack.exited).toBe(expected);
  const log = await readFile(join(dataDir, "p4.log"), "utf8").catch(() => "");
  expect(stack.stderr).toMatch(expected === 1 ? /refuses the login/ : /P4_NATS_URL=\(set\)/);
  for (const text of [log, stack.stdout, stack.stderr]) expect(text).not.toContain("S3cret");
});
