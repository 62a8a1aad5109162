import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { afterAll, beforeAll } from "vitest";
import { tempDir } from "./temp-dir.ts";

export interface WithNatsServerOptions {
  /** Default: the repository's nats.conf, so that tests run with the durability that production has. */
  readonly configFile?: string;
}

/** The file's server. Its members may be used from `beforeAll` on, not while tests are collected. */
export interface TestNatsServer {
  readonly url: string;
  readonly monitorUrl: string;
  readonly process: NatsServerProcess;
  /** Same address, same store. */
  restart(): Promise<void>;
}

const startTimeoutMs = 120_000; // the first run on a machine may fetch the server

/**
 * One real nats-server per test file (or `describe`): a port of its own, temporary store, gone afterwards.
 *
 *     const nats = withNatsServer();
 *     test("...", async () => connect(nats.url));
 */
export function withNatsServer(options: WithNatsServerOptions = {}): TestNatsServer {
  const dir = tempDir();
  let server: NatsServerProcess | undefined;

  beforeAll(async () => {
    const { path: binary } = await findNatsServer();
    const configFile = options.configFile ?? repositoryNatsConf;
    // Not of the system's own choice: while the server is away it may give them to another.
    const ports = { port: await freePort(), monitorPort: await freePort() };
    server = await startNatsServer({ binary, configFile, storeDir: join(dir, "nats"), ...ports });
  }, startTimeoutMs);

  afterAll(async () => {
    await server?.stop();
  });

  const running = (): NatsServerProcess => {
    if (server === undefined) throw new Error("nats-server runs from beforeAll on, not while tests are collected");
    return server;
  };
  return {
    get url() {
      return running().url;
    },
    get monitorUrl() {
      return running().monitorUrl ?? "";
    },
    get process() {
      return running();
    },
    restart: () => running().restart(),
  };
}
