import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectBroker, type Broker } from "@p4/nats";
import { findNatsServer, startNatsServer, type NatsServerProcess, siteConfig } from "@p4/nats-server";
import { AppProcess } from "../system/app-process.ts";
import { freePort } from "@p4/nats-server/testing";
import { Link } from "../system/link.ts";

export interface Site {
  readonly name: string;
  readonly server: NatsServerProcess;
  readonly broker: Broker;
  /** Its node; not started yet. It follows the region's home, and stands by where that is elsewhere. */
  readonly edge: AppProcess;
  /** What ends its channels; not started yet. */
  readonly expiry: AppProcess;
  readonly edgeUrl: string;
}

export interface Sites {
  readonly all: readonly Site[];
  /** Between the sites, by the names of the later and the earlier one: `b-a`. The later one opens the connection. */
  readonly links: ReadonlyMap<string, Link>;
  stop(): Promise<void>;
}

export interface SitesOptions {
  readonly dir: string;
  readonly names: readonly string[];
  readonly shards: number;
  /** Of the links between the sites, each way. */
  readonly delayMs: number;
  /** Of the apps, by variable. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the nodes know the sites by name, of which a majority then confirms a home. Default: they do not. */
  readonly confirmed?: boolean;
}

const mainOf = (app: string): string => fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));

/** One nats-server a site, with a JetStream domain of its own and a delayed leaf link to each site before it, and an edge. */
export async function startSites({ dir, names, shards, delayMs, ...options }: SitesOptions): Promise<Sites> {
  const { settings = {}, confirmed = false } = options;
  const { path: binary } = await findNatsServer();
  const sites: Site[] = [];
  const links = new Map<string, Link>();
  const started: NatsServerProcess[] = [];
  const leafPorts: number[] = [];
  const ports = new Map<string, number>();
  const stop = async (): Promise<void> => {
    await Promise.all(sites.flatMap(({ edge, expiry }) => [edge.stop(), expiry.stop()]));
    await Promise.all(sites.map(({ broker }) => broker.close()));
    await Promise.all(started.map((server) => server.stop()));
    for (const link of links.values()) link.close();
  };
  try {
    await mkdir(dir, { recursive: true });
    for (const name of names) ports.set(name, await freePort());
    const siteUrls = [...ports].map(([name, port]) => `${name}=http://127.0.0.1:${String(port)}`).join(";");
    for (const name of names) {
      const ways = await Promise.all(leafPorts.map((port) => Link.open(port, 0, delayMs)));
      ways.forEach((link, index) => links.set(`${name}-${names[index] ?? ""}`, link));
      const leafPort = await freePort();
      const configFile = join(dir, `${name}.conf`);
      await writeFile(
        configFile,
        siteConfig(
          name,
          leafPort,
          ways.map(({ port }) => port),
        ),
      );
      const server = await startNatsServer({ binary, configFile, storeDir: join(dir, name), serverName: name });
      started.push(server);
      leafPorts.push(leafPort);
      const broker = await connectBroker({ url: server.url, name: "p4-regions" });
      const port = ports.get(name) ?? 0;
      const env = {
        P4_NATS_URL: server.url,
        P4_PORT: String(port),
        P4_SHARDS: String(shards),
        P4_REPLICAS: "1",
        P4_SITE_URLS: siteUrls,
        // Nodes take the names alone: they reach the other sites over the links.
        ...(confirmed ? { P4_SITES: names.map((each) => `${each}=${server.url}`).join(";") } : {}),
        P4_LOG_LEVEL: "info",
        ...settings,
      };
      const appOf = (app: "edge" | "expiry", answersAt: number | null): AppProcess => {
        const logFile = join(dir, `${app}-${name}.log`);
        return new AppProcess({ name: `${app}-${name}`, module: mainOf(app), env, port: answersAt, logFile });
      };
      const edgeUrl = `ws://127.0.0.1:${String(port)}`;
      sites.push({ name, server, broker, edge: appOf("edge", port), expiry: appOf("expiry", null), edgeUrl });
    }
    return { all: sites, links, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
