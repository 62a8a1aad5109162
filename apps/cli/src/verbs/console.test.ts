import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

const dataDir = mkdtempSync(join(tmpdir(), "p4-console-"));
const server = createServer((_request, response) => response.end("{}"));
let port: number;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});

afterAll(() => {
  server.close();
  rmSync(dataDir, { recursive: true });
});

it("gives the address of the running system's console, and of a channel in it", async () => {
  const endpoints = [{ app: "edge", url: `ws://127.0.0.1:${String(port)}/ws/<channelID>` }];
  writeFileSync(join(dataDir, "stack.json"), JSON.stringify({ pid: process.pid, endpoints }));
  const env = { P4_DATA_DIR: dataDir };
  expect(await runP4(["console", "--print"], { env })).toMatchObject({
    exitCode: 0,
    out: `http://127.0.0.1:${String(port)}/console`,
  });
  expect((await runP4(["console", "inv-1", "--print"], { env })).out).toMatch(/\/console\/channels\/inv-1$/);
});

it("says that no edge answers", async () => {
  const env = { P4_DATA_DIR: join(dataDir, "none"), P4_PUBLIC_URL: "http://127.0.0.1:1" };
  const { exitCode, err } = await runP4(["console", "--print"], { env });
  expect([exitCode, err]).toEqual([3, expect.stringContaining("no edge answers at http://127.0.0.1:1")]);
});
