import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

const server = createServer((_request, response) => response.writeHead(404).end());
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const conform = (...args: string[]) => runP4(["conform", ...args]);

describe("p4 conform", () => {
  it("prints the card of a server that knows nothing: a line for each check, the reason, the score", async () => {
    const { exitCode, out } = await conform(url, "--only", "expiry-header,units", "--wait", "30s");
    expect(exitCode).toBe(1);
    expect(out).toContain("FAIL  expiry-header");
    expect(out).toContain("defect 8: closed with 1006 before join.success");
    expect(out).toContain("skip  units");
    expect(out).toContain("0 % (p4): 0 passed, 1 failed, 1 skipped");
  });

  it("gives the card as JSON, too", async () => {
    const { out } = await conform(url, "--only", "plain-get", "--dialect", "dpp", "--json");
    expect(JSON.parse(out)).toMatchObject({
      socketBase: `${url}/ws`,
      dialect: "dpp",
      percent: 100,
      results: [{ id: "plain-get", outcome: "pass", reason: null }],
    });
  });

  it.each([
    [["http://127.0.0.1"], 2, "ws:// or wss://"],
    [["ws://127.0.0.1", "--only", "nonsense"], 2, "There is no check nonsense"],
    [["ws://127.0.0.1", "--wait", "30d"], 2, "1m at most"],
    [["ws://127.0.0.1:1"], 3, "the server does not answer"],
  ])("answers the misuse %j", async (args, code, says) => {
    const { exitCode, err } = await conform(...args);
    expect(exitCode).toBe(code);
    expect(err).toContain(says);
  });
});
