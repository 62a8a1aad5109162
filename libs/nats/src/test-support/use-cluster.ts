import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { afterAll, beforeAll } from "vitest";
import type { Broker } from "../broker.ts";
import type { BrokerStatus } from "../broker-status.ts";
import { connectBroker } from "../connect-broker.ts";

/** A server in lame duck mode would cut its clients after ten seconds by itself: here only the client leaves. */
const clusterConf = `
max_payload: 2MB
jetstream { sync_interval: always }
lame_duck_grace_period: "120s"
lame_duck_duration: "240s"
`;

export interface TestCluster {
  readonly servers: readonly NatsServerProcess[];
  /** Connected to one of the three; closed with the file. */
  connect(onStatus?: (status: BrokerStatus) => void): Promise<Broker>;
}

/** Three nats-servers with JetStream, for what a replicated stream does otherwise. */
export function useCluster(): TestCluster {
  const servers: NatsServerProcess[] = [];
  const brokers: Broker[] = [];
  let dir = "";

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "p4-nats-cluster-"));
    const configFile = join(dir, "nats.conf");
    await writeFile(configFile, clusterConf);
    const { path: binary } = await findNatsServer();
    const ports = await Promise.all([freePort(), freePort(), freePort()]);
    const routes = ports.map((port) => `nats://127.0.0.1:${String(port)}`);
    const started = ports.map((port, index) =>
      startNatsServer({
        binary,
        configFile,
        storeDir: join(dir, `n${String(index)}`),
        serverName: `n${String(index)}`,
        cluster: { name: "test", port, routes },
      }),
    );
    servers.push(...(await Promise.all(started)));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
    await Promise.all(servers.map((server) => server.stop()));
    await rm(dir, { recursive: true, force: true });
  });

  return {
    servers,
    async connect(onStatus) {
      const url = servers.map((server) => server.url).join(",");
      const broker = await connectBroker({
        url,
        name: "test",
        connectWithinMs: 60_000,
        ...(onStatus === undefined ? {} : { onStatus }),
      });
      brokers.push(broker);
      return broker;
    },
  };
}
