import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runP4 } from "./test-support/run-p4.ts";

const p4 = (args: readonly string[], env: Record<string, string> = {}) => runP4(args, { env });

describe("p4", () => {
  it("teaches by example", async () => {
    const { exitCode, out } = await p4(["--help"]);
    expect(exitCode).toBe(0);
    expect(out).toContain("p4 pay ws://127.0.0.1:8445/ws/inv123 --faucet");
  });

  it.each([
    { args: ["pya"], says: "Did you mean pay" },
    { args: ["pay"], says: "ws-url" },
    { args: ["pay", "ws://h/ws/a"], says: "either --faucet or --wallet" },
    { args: ["pay", "ws://h/ws/a", "--faucet", "ftp://x"], says: "http:// or https://" },
    { args: ["pay", "ws://h/ws/a", "--proof-timeout", "60"], says: "500ms, 30s, 10m or 2h" },
    { args: ["pay", "http://h/ws/a", "--faucet", "http://h"], says: "ws(s)://host/ws/<channelID>" },
    { args: ["wallet", "show", "/nowhere/w.json"], says: "p4 wallet new" },
  ])("answers the misuse $args with exit code 2 and the way out", async ({ args, says }) => {
    const { exitCode, out, err } = await p4(args);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(says);
  });

  it("tells its version and, in a checkout, the commit", async () => {
    const { exitCode, out, err } = await p4(["--version"]);
    expect([exitCode, err]).toEqual([0, ""]);
    expect(out).toMatch(/^p4 \d+\.\d+\.\d+\S*( \([0-9a-f]{7,}(-dirty)?\))?$/);
    const asJson = JSON.parse((await p4(["--version", "--json"])).out) as object;
    expect(asJson).toEqual({ version: out.split(" ")[1], commit: /\((.*)\)/.exec(out)?.[1] ?? null });
  });

  it("sends who misuses a verb to that verb's own help, and tells programs in JSON", async () => {
    const misuse = await p4(["channels", "--txid", "zz", "--json"]);
    expect(misuse.exitCode).toBe(2);
    expect(misuse.err).toContain("(p4 channels --help teaches by example)");
    expect(JSON.parse(misuse.out)).toMatchObject({ error: { code: "BAD_ARGUMENT" } });
    expect((await p4(["channels", "--help"])).out).toContain("--json");
  });

  it("shows the configuration in force, and refuses a wrong one", async () => {
    const shown = await p4(["config", "--json"], { P4_PORT: "9000" });
    const { settings } = JSON.parse(shown.out) as { settings: object[] };
    expect(settings).toContainEqual(
      expect.objectContaining({ variable: "P4_PORT", value: 9000, source: "environment" }),
    );
    const refused = await p4(["config"], { P4_PORT: "many" });
    expect(refused.exitCode).toBe(2);
    expect(refused.err).toContain("P4_PORT");
  });

  it("gives a failure as JSON too, and exit code 3 for what cannot be reached", async () => {
    const folder = await mkdtemp(join(tmpdir(), "p4-cli-"));
    const file = join(folder, "w.json");
    await p4(["wallet", "new", file]);
    const faucet = `http://127.0.0.1:${await closedPort()}`;
    const { exitCode, out, err } = await p4(["wallet", "fund", file, "--faucet", faucet, "--json"]);
    await rm(folder, { recursive: true });
    expect(exitCode).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "UNREACHABLE" } });
    expect(err).toContain("the faucet does not answer");
  });

  it("tells at once that there is no such channel", async () => {
    const server = createServer((_request, response) => response.writeHead(404).end("{}"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { exitCode, err } = await p4(["pay", `ws://127.0.0.1:${port}/ws/unknown`, "--faucet", "http://127.0.0.1"]);
    server.close();
    expect(exitCode).toBe(1);
    expect(err).toContain("there is no channel at");
  });
});

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
