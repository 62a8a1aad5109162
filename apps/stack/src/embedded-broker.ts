import { join } from "node:path";
import type { Config } from "@p4/config";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { brokerConf } from "./broker-conf.ts";

export interface EmbeddedBroker {
  readonly url: string;
  readonly monitorUrl: string | null;
  readonly version: string;
  readonly foundBy: string;
  stop(): Promise<void>;
}

/** Finds (or fetches) a nats-server and runs it for as long as this process lives. */
export async function startEmbeddedBroker(config: Config, onProgress: (text: string) => void): Promise<EmbeddedBroker> {
  const found = await findNatsServer({ env: process.env, onProgress });
  const server: NatsServerProcess = await startNatsServer({
    binary: found.path,
    storeDir: join(config.dataDir, "nats"),
    port: config.natsPort === 0 ? -1 : config.natsPort,
    monitorPort: -1,
    configFile: await brokerConf(config),
  });
  return {
    url: server.url,
    monitorUrl: server.monitorUrl ?? null,
    version: found.version,
    foundBy: found.foundBy,
    stop: () => server.stop(),
  };
}
