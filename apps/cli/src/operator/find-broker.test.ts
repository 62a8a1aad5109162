import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@p4/testkit";
import { describe, expect, it } from "vitest";
import { runP4 } from "../test-support/run-p4.ts";
import { findBroker } from "./find-broker.ts";
import { findOperatorBroker } from "./with-node.ts";

const unset = { natsUrl: null, natsCredentials: null, natsMonitorUrls: null };
const deadPid = 2 ** 22 + 1;

describe("the broker", () => {
  const dataDir = tempDir();

  it("is found by P4_NATS_URL first, then by the running system's file, then by the server's own", async () => {
    await mkdir(join(dataDir, "nats", "run"), { recursive: true });
    const ports = { nats: ["nats://127.0.0.1:3"], monitoring: ["http://127.0.0.1:4"] };
    await writeFile(join(dataDir, "nats", "run", `nats-server_${process.pid}.ports`), JSON.stringify(ports));
    expect(await findBroker({ ...unset, dataDir })).toMatchObject({
      url: "nats://127.0.0.1:3",
      monitorUrls: ["http://127.0.0.1:4"],
    });

    const miner = { app: "miner", url: "http://127.0.0.1:5" };
    const stack = { natsUrl: "nats://127.0.0.1:2", pid: process.pid, endpoints: [miner] };
    await writeFile(join(dataDir, "stack.json"), JSON.stringify(stack));
    expect(await findBroker({ ...unset, dataDir })).toMatchObject({
      url: "nats://127.0.0.1:2",
      minerUrl: miner.url,
    });
    expect(await findBroker({ ...unset, natsUrl: ["nats://h:1"], dataDir })).toMatchObject({
      foundBy: "P4_NATS_URL",
    });

    await writeFile(join(dataDir, "stack.json"), JSON.stringify({ ...stack, pid: deadPid }));
    expect(await findBroker({ ...unset, dataDir })).toMatchObject({
      url: "nats://127.0.0.1:3",
    });
  });

  it("is found in the cluster's folder too, with how it was started; what the environment sets holds", async () => {
    const dir = join(dataDir, "other");
    await mkdir(join(dir, "cluster"), { recursive: true });
    const settings = { P4_REPLICAS: "3", P4_SHARDS: "4", P4_HOST: "evil.example", P4_REGION: 7 };
    const running = {
      pid: process.pid,
      natsUrl: "nats://127.0.0.1:2,nats://127.0.0.1:3",
      monitorUrls: ["http://127.0.0.1:4", "http://127.0.0.1:5"],
      settings,
    };
    await writeFile(join(dir, "cluster", "stack.json"), JSON.stringify(running));
    const env = { P4_DATA_DIR: dir, P4_SHARDS: "8", P4_REGION: " " };
    const { address, config, isSet } = await findOperatorBroker({ env });
    expect(address).toMatchObject({ url: running.natsUrl, monitorUrls: running.monitorUrls });
    // Places of data alone are learned from a file.
    expect(address.settings).toEqual({ P4_REPLICAS: "3", P4_SHARDS: "4" });
    expect(config).toMatchObject({ replicas: 3, shards: 8, region: "local", host: "127.0.0.1" });
    expect(["P4_REPLICAS", "P4_SHARDS", "P4_REGION"].map(isSet)).toEqual([true, true, false]);
  });

  it("has all the monitoring ports that P4_NATS_MONITOR_URLS names", async () => {
    const natsMonitorUrls = ["http://a:8222", "http://b:8222"];
    const found = await findBroker({ ...unset, natsUrl: ["nats://h:1"], natsMonitorUrls, dataDir });
    expect(found.monitorUrls).toEqual(natsMonitorUrls);
  });

  it("whose login the running system keeps to itself is asked for by its name", async () => {
    const owned = tempDir();
    const stack = { natsUrl: "nats://127.0.0.1:2", needsLogin: true, pid: process.pid, endpoints: [] };
    await writeFile(join(owned, "stack.json"), JSON.stringify(stack));
    const { exitCode, err } = await runP4(["streams"], { env: { P4_DATA_DIR: owned } });
    expect(exitCode).toBe(3);
    expect(err).toMatch(/nats:\/\/127\.0\.0\.1:2 wants a login.*\n.*Set P4_NATS_URL/);
  });

  it.each([
    { what: "nothing runs", env: { P4_DATA_DIR: "/nowhere" }, says: "npm start" },
    { what: "nothing listens", env: { P4_NATS_URL: "nats://127.0.0.1:1" }, says: "Check that the broker runs" },
  ])("that is not there gives exit code 3 and the next step: $what", async ({ env, says }) => {
    const { exitCode, out, err } = await runP4(["replay", "inv1"], { env });
    expect([exitCode, out]).toEqual([3, ""]);
    expect(err).toContain(says);
  });
});
