import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as NatsServer from "@p4/nats-server";
import type * as ServerProcesses from "../server-process.ts";
import { startServerProcess } from "../server-process.ts";
import { p4Wire, type Wire } from "../wires.ts";

/** A server under load. */
export interface Subject {
  readonly name: string;
  /** Of what is not of this repository, with what it promises. */
  readonly versions?: string;
  readonly wire: Wire;
  readonly port: number;
  readonly pid: number;
  /** Of its broker or store, with the processes that this one started. Null: it has none. */
  readonly brokerPid: number | null;
  /** Where the broker's files are; undefined: not told. */
  readonly storeDir?: string;
  stop(): Promise<void>;
}

/** All wallets of the benchmark come from one address. */
const settings = {
  P4_MAX_CONNECTIONS: "200000",
  P4_MAX_CONNECTIONS_PER_IP: "200000",
  P4_JOIN_RATE_PER_IP: "100000",
};
/** So that memory can be compared after a collection, on SIGUSR2. */
const execArgv = ["--expose-gc"];

/**
 * An edge and a broker of its own, as the workspace at `root` builds them: this one or another.
 *
 * @param nodeOptions what the edge's Node.js is told beside
 */
export async function startSystem(
  name: string,
  root: string,
  onProgress: (text: string) => void,
  nodeOptions: readonly string[] = [],
): Promise<Subject> {
  const load = <Module>(path: string) => import(pathToFileURL(join(root, path)).href) as Promise<Module>;
  const brokers = await load<typeof NatsServer>("libs/nats-server/dist/index.js");
  const processes = await load<typeof ServerProcesses>("apps/bench/dist/server-process.js");
  const storeDir = await mkdtemp(join(tmpdir(), "p4-bench-"));
  const { path } = await brokers.findNatsServer({ env: process.env, onProgress });
  const broker = await brokers.startNatsServer({ binary: path, storeDir, configFile: brokers.repositoryNatsConf });
  const args = [broker.url, JSON.stringify(settings)];
  const edge = await processes.startServerProcess("./edge-server.js", args, [...execArgv, ...nodeOptions]);
  return {
    name,
    wire: p4Wire,
    port: edge.port,
    pid: edge.pid,
    brokerPid: broker.pid ?? null,
    storeDir,
    async stop() {
      await edge.stop();
      await broker.stop();
      await rm(storeDir, { recursive: true, force: true });
    },
  };
}

/** What a relay costs at the least: it parses nothing, checks nothing and stores nothing. */
export async function startRelay(): Promise<Subject> {
  const relay = await startServerProcess("./relay-server.js", [], execArgv);
  const { port, pid } = relay;
  return { name: "relay in memory", wire: p4Wire, port, pid, brokerPid: null, stop: () => relay.stop() };
}
