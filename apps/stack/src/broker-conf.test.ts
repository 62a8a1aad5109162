import { join } from "node:path";
import { createUserKey } from "@p4/nats";
import { findNatsServer, startNatsServer } from "@p4/nats-server";
import { expect, onTestFinished, test } from "vitest";
import { brokerConf } from "./broker-conf.ts";
import { testDir } from "./test-support/stack-process.ts";

test.each([
  { sync: "always", syncsAlways: true },
  { sync: "interval", syncsAlways: false },
] as const)("P4_SYNC=$sync reaches the broker, with all else the same", async (expected) => {
  const dataDir = testDir(onTestFinished);
  const { path } = await findNatsServer();
  const server = await startNatsServer({
    binary: path,
    storeDir: join(dataDir, "nats"),
    port: -1,
    monitorPort: -1,
    configFile: await brokerConf({ sync: expected.sync, dataDir }, createUserKey().publicKey),
  });
  onTestFinished(() => server.stop());
  const varz = (await (await fetch(`${String(server.monitorUrl)}/varz`)).json()) as {
    readonly jetstream: { readonly config: { readonly sync_always?: boolean } };
    readonly max_payload: number;
  };
  expect(varz.jetstream.config.sync_always ?? false).toBe(expected.syncsAlways);
  expect(varz.max_payload).toBe(2 * 1024 * 1024);
});
