import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { answers, freePorts, readState, StackProcess, testDir } from "./test-support/stack-process.ts";

test("Ctrl-C after a payment stops everything; what was stored is there again", async () => {
  const dataDir = testDir(onTestFinished);
  const env = { ...freePorts, P4_DATA_DIR: dataDir };
  const stack = new StackProcess([], env);
  onTestFinished(() => stack.end());
  await stack.printed("Serving.");
  expect(stack.stdout).toMatch(/proof\.create .*settled .*verified/);
  // The terminal is for people.
  expect(`${stack.stdout}${stack.stderr}`).not.toMatch(/^\{"/m);
  expect(await readFile(join(dataDir, "p4.log"), "utf8")).toMatch(/^\{".*"app":"payd"/m);
  const { natsUrl, endpoints } = await readState(dataDir);
  const urls = [natsUrl, ...endpoints.map(({ url }) => url)];
  expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => true));

  stack.signalGroup("SIGINT");

  expect(await stack.exited).toBe(0);
  expect(await Promise.all(urls.map(answers))).toEqual(urls.map(() => false));
  expect(existsSync(join(dataDir, "stack.json"))).toBe(false);

  const [channelId] = /(?<=timeline of channel )\S+(?=:)/.exec(stack.stdout) ?? [];
  const again = new StackProcess([], { ...env, P4_DEMO: "off", P4_APPS: "edge" });
  onTestFinished(() => again.end());
  await again.printed("Serving.");
  const [edge] = (await readState(dataDir)).endpoints;
  const socket = new WebSocket(
    `${String(edge?.url).replace("<channelID>", String(channelId))}?role=customer&dialect=p4`,
  );
  const greeting = await new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(String(data));
  });
  socket.close();
  expect(JSON.parse(greeting)).toMatchObject({ key: "join.success", headers: { "x-p4-state": "settled" } });
});
