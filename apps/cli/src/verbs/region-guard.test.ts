import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { connectBroker, gateText, readBrokerAccess, readGate } from "@p4/nats";
import { tempDir, withNatsServer } from "@p4/testkit";
import { beforeAll, expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";

/** Site `a` of two, with the users of `p4 nats-config`; site `b` is not there. */
const dir = tempDir();
const configFile = join(dir, "nats.conf");
const pidFile = join(dir, "nats.pid");
const gateFile = join(dir, "gate.conf");
const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const sites = { P4_SITES: "a=nats://127.0.0.1:1;b=nats://127.0.0.1:2", P4_REGION: "eu", P4_SHARDS: "1" };

beforeAll(async () => {
  const made = await runP4(["nats-config", dir, "--json"], { env: sites });
  expect(made.json()).toMatchObject({ gate: gateFile });
  const own = `jetstream { domain: a }\npid_file: "${pidFile}"\ninclude "users.conf"\n`;
  await writeFile(configFile, own);
});
const nats = withNatsServer({ configFile });

const envOf = (more: Record<string, string> = {}): Record<string, string> => ({
  ...sites,
  P4_NATS_URL: nats.url,
  P4_NATS_CREDENTIALS: join(dir, "guard.nk"),
  ...more,
});
const args = (...more: readonly string[]): string[] => [
  ...["region", "guard", "eu", "--site", "a", "--gate", gateFile, "--pid-file", pidFile, "--json"],
  ...more,
];

/** As a node with the edge's login finds the gate. */
async function gateForNodes(): Promise<string> {
  const access = readBrokerAccess({ credentialFiles: [join(dir, "edge.nk")], urls: [nats.url] });
  const broker = await connectBroker({ url: nats.url, access, name: "p4-edge" });
  return readGate(broker, "eu", 5_000).finally(() => broker.close());
}

it("looks once: shut without the other site's word, with exit code 1", async () => {
  const { exitCode, json, out, err } = await runP4(args("--once"), { env: envOf() });
  expect(exitCode, `${out} ${err}`).toBe(1);
  expect([exitCode, json()]).toMatchObject([
    1,
    { site: "a", gate: "shut", epoch: null, why: "1 of 2 sites confirm epoch 0, not b" },
  ]);
});

it("runs until SIGTERM: says each change, and leaves the gate shut", async () => {
  const child = spawn(process.execPath, [main, ...args("--alone", "--yes")], {
    env: { PATH: process.env["PATH"], ...envOf() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<unknown>((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const said: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const { gate, why } = JSON.parse(line) as { gate: string; why: string };
    said.push([gate, why]);
    if (gate !== "open") continue;
    expect(await gateForNodes()).toBe("open");
    expect(await readFile(gateFile, "utf8")).toBe(gateText("shut"));
    child.kill("SIGTERM");
  }
  expect(await ended).toBe(0);
  expect(said).toEqual([
    ["open", "an operator vouches that the other site has not taken over"],
    ["shut", "the guard has ended"],
  ]);
  expect(await gateForNodes()).toBe("shut");
}, 60_000);

it("is not started for a site, a server or a vow that cannot be", async () => {
  const three = `${sites.P4_SITES};w=nats://127.0.0.1:3`;
  const refused: readonly (readonly [string[], Record<string, string>])[] = [
    [args(), { P4_SITES: "" }],
    [args().with(4, "x"), {}],
    [args().with(4, "b"), {}],
    [args(), { P4_NATS_URL: `${nats.url},${nats.url}` }],
    [args("--alone"), {}],
    [args("--alone", "--yes"), { P4_SITES: three }],
  ];
  for (const [given, more] of refused) {
    const { exitCode, out, err } = await runP4(given, { env: envOf(more) });
    expect(exitCode, `${given.join(" ")}: ${out} ${err}`).toBe(2);
    expect(out).toContain('"error"');
  }
  const away = await runP4(args("--once"), { env: envOf({ P4_NATS_URL: "nats://127.0.0.1:9" }) });
  expect([away.exitCode, away.json()]).toMatchObject([3, { error: { code: "STORE_UNAVAILABLE" } }]);
}, 60_000);
