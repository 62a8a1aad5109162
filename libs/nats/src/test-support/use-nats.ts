import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { afterAll, beforeAll } from "vitest";
import type { Broker } from "../broker.ts";
import type { BrokerStatus } from "../broker-status.ts";
import { connectBroker } from "../connect-broker.ts";
import type { BrokerOptions } from "../connect-options.ts";
import { provision, type ProvisionOptions } from "../provision.ts";

export const region = "test";
export const settings: ProvisionOptions = {
  region,
  shards: 3,
  replicas: 1,
  retentionMs: 24 * 60 * 60 * 1000,
  documents: { proofs: {}, drafts: { maxAgeMs: 60_000 } },
};

export interface TestNats {
  readonly server: NatsServerProcess;
  /** Connected; closed with the file. */
  connect(options?: Partial<BrokerOptions>): Promise<Broker>;
  /** What the broker of this number (in the order of `connect`) has reported. */
  statuses(broker: number): readonly BrokerStatus[];
}

/** One real nats-server per test file, with the streams of `settings`. The testkit would be a circle: it uses this package. */
export function useNats(): TestNats {
  let server: NatsServerProcess | undefined;
  let dir = "";
  const brokers: Broker[] = [];
  const statuses: BrokerStatus[][] = [];

  async function connect(options: Partial<BrokerOptions> = {}): Promise<Broker> {
    const seen: BrokerStatus[] = [];
    statuses.push(seen);
    const url = server?.url ?? "";
    const broker = await connectBroker({ url, name: "test", onStatus: (status) => seen.push(status), ...options });
    brokers.push(broker);
    return broker;
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "p4-nats-"));
    const { path: binary } = await findNatsServer();
    // Not of the system's own choice: while the server is away it may give them to another.
    const ports = { port: await freePort(), monitorPort: await freePort() };
    server = await startNatsServer({ binary, configFile: repositoryNatsConf, storeDir: dir, ...ports });
    const broker = await connect();
    statuses.length = 0;
    await provision(broker, settings);
    await broker.close();
  }, 120_000);

  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  return {
    get server() {
      if (server === undefined) throw new Error("the server runs from beforeAll on");
      return server;
    },
    connect,
    statuses: (broker) => statuses[broker] ?? [],
  };
}
