import { availableParallelism } from "node:os";
import { readFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "@p4/nats-server/testing";
import { Link } from "./link.ts";
import type { Member } from "./member.ts";

const baseConfig = fileURLToPath(new URL("../../../../deploy/cluster/nats.conf", import.meta.url));
const zones = ["a", "b", "c"] as const;

export interface BrokerClusterOptions {
  readonly members: 1 | 3;
  /** Routes go through links that can be severed; false: directly, at less cost. */
  readonly linked: boolean;
}

export interface BrokerCluster {
  readonly brokers: readonly Broker[];
  /** The route between two members, named `a-b`; empty when they are not linked. */
  readonly routes: ReadonlyMap<string, Link>;
  readonly version: string;
  stop(): Promise<void>;
}

/** One nats-server of the cluster. */
export class Broker implements Member {
  readonly name: string;
  readonly #process: NatsServerProcess;

  constructor(name: string, process: NatsServerProcess) {
    this.name = name;
    this.#process = process;
  }

  get port(): number {
    return this.#process.port;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get isRunning(): boolean {
    return this.#process.isRunning;
  }

  get url(): string {
    return this.#process.url;
  }

  /** Of its monitoring endpoints: `http://127.0.0.1:8222`. */
  get monitorUrl(): string {
    return this.#process.monitorUrl ?? "";
  }

  kill(): Promise<void> {
    return this.#process.kill();
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async start(): Promise<void> {
    if (!this.#process.isRunning) await this.#process.restart();
  }

  async pause(): Promise<void> {
    if (this.#process.isRunning) await this.#process.pause();
  }

  resume(): void {
    if (this.#process.isRunning) this.#process.resume();
  }
}

/**
 * One nats-server, or three, each in a zone of its own. Each solicits one route, to the one before it, through a link that can
 * be severed: three routes join all pairs; addresses are not advertised, so there is no other way.
 */
export async function startBrokerCluster(
  dir: string,
  { members, linked }: BrokerClusterOptions,
  onProgress: (text: string) => void,
): Promise<BrokerCluster> {
  const { path: binary, version } = await findNatsServer({ env: process.env, onProgress });
  const base = await readFile(baseConfig, "utf8");
  const ownZones = zones.slice(0, members);
  const routePorts = await Promise.all(ownZones.map(() => freePort()));
  const routes = new Map<string, Link>();
  /** Where the member before this one is reached. */
  const routeTo = async (before: number, zone: string): Promise<number> => {
    const port = routePorts[before] ?? 0;
    if (!linked) return port;
    const link = await Link.open(port);
    routes.set(`${ownZones[before] ?? ""}-${zone}`, link);
    return link.port;
  };
  // Each would spread its threads over all cores, and the machine would be busy changing between them.
  const cores = Math.max(1, Math.floor(availableParallelism() / members));
  const starting = ownZones.map(async (zone, index) => {
    const storeDir = join(dir, `nats-${zone}`);
    await mkdir(storeDir, { recursive: true });
    const configFile = join(storeDir, "nats.conf");
    const cluster =
      members === 1
        ? ""
        : clusterConfig(zone, routePorts[index] ?? 0, await routeTo((index + members - 1) % members, zone));
    await writeFile(configFile, `${base}${cluster}`);
    const ports = { port: await freePort(), monitorPort: await freePort() };
    const options = { binary, storeDir, configFile, serverName: `nats-${zone}`, ...ports, cores };
    return new Broker(`nats-${zone}`, await startNatsServer(options));
  });
  const brokers = await Promise.all(starting);
  return {
    brokers,
    routes,
    version,
    async stop() {
      await Promise.all(brokers.map((broker) => broker.stop()));
      for (const link of routes.values()) link.close();
    },
  };
}

/** Port 9 (discard) is advertised: a member that hears of another one finds nothing there and keeps to its links. */
function clusterConfig(zone: string, routePort: number, routeToPort: number): string {
  return `
server_tags: ["zone:${zone}"]
cluster {
  name: "p4"
  listen: "127.0.0.1:${String(routePort)}"
  advertise: "127.0.0.1:9"
  no_advertise: true
  routes: ["nats://127.0.0.1:${String(routeToPort)}"]
}
`;
}
