import { join } from "node:path";
import { createUserKey } from "@p4/nats";
import { findNatsServer, startNatsServer } from "@p4/nats-server";
import { expect, onTestFinished, test } from "vitest";
import { brokerConf } from "./broker-conf.ts";
import { testDir } from "./test-support/stack-process.ts";

test("the embedded broker syncs what it acknowledges, as the repository's configuration says", async () => {
  const dataDir = testDir(onTestFinished);
  const { path } = await findNatsServer();
  const server = await startNatsServer({
    binary: path,
    storeDir: join(dataDir, "nats"),
    port: -1,
    monitorPort: -1,
    configFile: await brokerConf(dataDir, createUserKey().publicKey),
  });
  onTestFinished(() => server.stop());
  const varz = (await (await fetch(`${String(server.monitorUrl)}/varz`)).json()) as {
    readonly jetstream: { readonly config: { readonly sync_always?: boolean } };
    readonly max_payload: number;
  };
  expect(varz.jetstream.config.sync_always).toBe(true);
  expect(varz.max_payload).toBe(2 * 1024 * 1024);
});
