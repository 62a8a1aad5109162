import { readFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNatsServer, startNatsServer, type NatsServerProcess } from "@p4/nats-server";
import { freePort } from "./free-port.ts";
import { Link } from "./link.ts";
import type { Member } from "./member.ts";

const baseConfig = fileURLToPath(new URL("../../../../deploy/cluster/nats.conf", import.meta.url));
const zones = ["a", "b", "c"] as const;

export interface BrokerCluster {
  readonly brokers: readonly Broker[];
  /** The route between two members, named `a-b`. */
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

  get url(): string {
    return this.#process.url;
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

  pause(): void {
    if (this.#process.isRunning) this.#process.pause();
  }

  resume(): void {
    if (this.#process.isRunning) this.#process.resume();
  }
}

/**
 * Three nats-servers, each in a zone of its own. Each solicits one route, to the one before it, through a link that can
 * be severed: three routes join all pairs; addresses are not advertised, so there is no other way.
 */
export async function startBrokerCluster(dir: string, onProgress: (text: string) => void): Promise<BrokerCluster> {
  const { path: binary, version } = await findNatsServer({ env: process.env, onProgress });
  const base = await readFile(baseConfig, "utf8");
  const routePorts = await Promise.all(zones.map(() => freePort()));
  const routes = new Map<string, Link>();
  const starting = zones.map(async (zone, index) => {
    const before = (index + zones.length - 1) % zones.length;
    const link = await Link.open(routePorts[before] ?? 0);
    routes.set(`${zones[before] ?? ""}-${zone}`, link);
    const storeDir = join(dir, `nats-${zone}`);
    await mkdir(storeDir, { recursive: true });
    const configFile = join(storeDir, "nats.conf");
    await writeFile(configFile, memberConfig(base, zone, routePorts[index] ?? 0, link.port));
    const options = { binary, storeDir, configFile, serverName: `nats-${zone}`, monitorPort: -1 };
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
function memberConfig(base: string, zone: string, routePort: number, linkPort: number): string {
  return `${base}
server_tags: ["zone:${zone}"]
cluster {
  name: "p4"
  listen: "127.0.0.1:${String(routePort)}"
  advertise: "127.0.0.1:9"
  no_advertise: true
  routes: ["nats://127.0.0.1:${String(linkPort)}"]
}
`;
}
