import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { runCli } from "@p4/cli";
import { connectBroker, openLoginFile, readBrokerAccess } from "@p4/nats";
import { expect, onTestFinished, test } from "vitest";
import { freePorts, StackProcess, testDir } from "./test-support/stack-process.ts";

async function p4(dataDir: string, ...args: string[]): Promise<{ readonly exitCode: number; readonly shown: string }> {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const terminal = { out: write, err: write, style: (_style: unknown, text: string) => text, isInteractive: false };
  const env = { P4_DATA_DIR: dataDir };
  const exitCode = await runCli({ args, env, terminal, signal: new AbortController().signal });
  return { exitCode, shown: lines.join("\n") };
}

test("the broker of npm start accepts the login in the data directory, and refuses all else", async () => {
  const dataDir = join(testDir(onTestFinished), "data");
  const settings = { ...freePorts, P4_APPS: "edge", P4_DEMO: "off", P4_LOG_LEVEL: "trace", P4_SHARDS: "1" };
  const stack = new StackProcess([], { ...settings, P4_DATA_DIR: dataDir });
  onTestFinished(() => stack.end());
  await stack.printed("Serving.");
  const login = join(dataDir, "nats.nk");
  const seed = (await readFile(login, "utf8")).trim();
  const files = ["stack.json", "p4.log", "nats.conf", "nats/run/nats-server.log"];
  const texts = await Promise.all(files.map((name) => readFile(join(dataDir, name), "utf8")));
  for (const text of [...texts, stack.stdout, stack.stderr]) expect(text).not.toContain(seed);
  expect((await stat(login)).mode & 0o777).toBe(0o600);

  const { natsUrl: url } = JSON.parse(texts[0] ?? "") as { readonly natsUrl: string };
  const stranger = { url, name: "stranger" };
  await expect(connectBroker(stranger)).rejects.toMatchObject({ code: "STORE_FORBIDDEN" });
  const otherFile = join(testDir(onTestFinished), "other.nk");
  await openLoginFile(otherFile);
  const access = readBrokerAccess({ credentialFiles: [otherFile], urls: [url] });
  await expect(connectBroker({ ...stranger, access })).rejects.toMatchObject({ code: "STORE_FORBIDDEN" });

  expect(await p4(dataDir, "streams")).toMatchObject({ exitCode: 0 });
  // As after a start that never ended: the server's own file leads to it.
  await rm(join(dataDir, "stack.json"));
  expect(await p4(dataDir, "streams")).toMatchObject({ exitCode: 0 });
  await rm(login);
  expect(await p4(dataDir, "streams")).toMatchObject({
    exitCode: 1,
    shown: expect.stringContaining("refuses the login"),
  });
});
