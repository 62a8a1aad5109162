import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchJson } from "./fetch-json.ts";

const server = createServer((request, response) => {
  if (request.url === "/html") return void response.end("<html>");
  response.writeHead(200, { "content-length": "1000" }).write('{"txid":');
  setImmediate(() => request.socket.destroy());
});
let base: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("fetchJson", () => {
  it.each([
    ["an answer that breaks off", "/torn", "unreachable", "UNREACHABLE"],
    ["an answer that is no JSON", "/html", "failed", "BAD_ANSWER"],
  ])("says whose fault %s is", async (_what, path, kind, code) => {
    await expect(fetchJson(base + path, { what: "the faucet" })).rejects.toMatchObject({
      kind,
      code,
      message: expect.stringContaining("the faucet") as unknown,
    });
  });
});
