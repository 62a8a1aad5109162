import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer } from "@p4/nats-server";
import { startServerProcess, type ServerProcess } from "./server-process.ts";

export interface Broker {
  readonly url: string;
  readonly pid: number | null;
  stop(): Promise<void>;
}

/** A broker with a store of its own, which is gone when it is stopped. */
export async function startBroker(onProgress: (text: string) => void): Promise<Broker> {
  const storeDir = await mkdtemp(join(tmpdir(), "p4-bench-"));
  const { path } = await findNatsServer({ env: process.env, onProgress });
  const broker = await startNatsServer({ binary: path, storeDir, configFile: repositoryNatsConf });
  return {
    url: broker.url,
    pid: broker.pid ?? null,
    async stop() {
      await broker.stop();
      await rm(storeDir, { recursive: true, force: true });
    },
  };
}

export async function withBroker<T>(
  onProgress: (text: string) => void,
  work: (natsUrl: string) => Promise<T>,
): Promise<T> {
  const broker = await startBroker(onProgress);
  try {
    return await work(broker.url);
  } finally {
    await broker.stop();
  }
}

/** An edge in a process of its own. `execArgv`: what Node is told. */
export function withEdge<T>(
  natsUrl: string,
  settings: Readonly<Record<string, string>>,
  execArgv: readonly string[],
  work: (edge: ServerProcess) => Promise<T>,
): Promise<T> {
  return withEdges(natsUrl, settings, execArgv, 1, ([edge]) => work(edge));
}

/** `count` edges at the same broker. */
export async function withEdges<T>(
  natsUrl: string,
  settings: Readonly<Record<string, string>>,
  execArgv: readonly string[],
  count: number,
  work: (edges: readonly [ServerProcess, ...ServerProcess[]]) => Promise<T>,
): Promise<T> {
  const start = (): Promise<ServerProcess> =>
    startServerProcess("./edge-server.js", [natsUrl, JSON.stringify(settings)], execArgv);
  const edges: [ServerProcess, ...ServerProcess[]] = [await start()];
  try {
    while (edges.length < count) edges.push(await start());
    return await work(edges);
  } finally {
    await Promise.all(edges.map((edge) => edge.stop()));
  }
}
