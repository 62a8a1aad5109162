import { join } from "node:path";
import { loginFileIn } from "@p4/cli";
import type { Config } from "@p4/config";
import { openLoginFile } from "@p4/nats";
import { findNatsServer, startNatsServer } from "@p4/nats-server";
import { brokerConf } from "./broker-conf.ts";
import { keepRunning } from "./keep-running.ts";
import { watchHealth } from "./watch-health.ts";

export interface EmbeddedBroker {
  readonly url: string;
  /** What lets in: the path of an nkey seed. */
  readonly loginFile: string;
  readonly monitorUrl: string | null;
  readonly version: string;
  readonly foundBy: string;
  /** Never resolves. Rejects with the reason when the server does not stay up. */
  readonly failed: Promise<never>;
  /** Before the apps are stopped: a server that was paused has to answer them. */
  resume(): void;
  stop(): Promise<void>;
}

export interface EmbeddedBrokerOptions {
  /** What is looked for and fetched. */
  readonly onProgress: (text: string) => void;
  /** What becomes of it while it serves. */
  readonly tell: (text: string) => void;
  /** Gives the start up. */
  readonly stopping: AbortSignal;
}

/** Finds (or fetches) a nats-server and keeps it running for as long as this process lives. */
export async function startEmbeddedBroker(
  config: Config,
  { onProgress, tell, stopping }: EmbeddedBrokerOptions,
): Promise<EmbeddedBroker> {
  const loginFile = loginFileIn(config.dataDir);
  const { publicKey } = await openLoginFile(loginFile);
  const found = await findNatsServer({ env: process.env, onProgress });
  const server = await startNatsServer({
    binary: found.path,
    storeDir: join(config.dataDir, "nats"),
    port: -1,
    monitorPort: -1,
    configFile: await brokerConf(config.dataDir, publicKey),
    signal: stopping,
  });
  const kept = keepRunning(server, tell);
  const { monitorUrl = null } = server;
  const stopWatching = monitorUrl === null ? () => undefined : watchHealth(`${monitorUrl}/healthz`, tell);
  return {
    url: server.url,
    loginFile,
    monitorUrl,
    version: found.version,
    foundBy: found.foundBy,
    failed: kept.failed,
    resume: () => server.resume(),
    async stop() {
      stopWatching();
      await kept.stop();
    },
  };
}
