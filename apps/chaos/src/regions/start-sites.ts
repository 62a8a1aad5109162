import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectBroker, type Broker } from "@p4/nats";
import { findNatsServer, startNatsServer, type NatsServerProcess, siteConfig } from "@p4/nats-server";
import { AppProcess } from "../system/app-process.ts";
import { freePort } from "@p4/nats-server/testing";
import { Link } from "../system/link.ts";
import { region } from "./move-region.ts";
import { gateFilesOf, siteGuard, untilGatesOpen } from "./site-guard.ts";

export interface Site {
  readonly name: string;
  readonly server: NatsServerProcess;
  readonly broker: Broker;
  /** Its node; not started yet. It follows the region's home, and stands by where that is elsewhere. */
  readonly edge: AppProcess;
  /** What ends its channels; not started yet. */
  readonly expiry: AppProcess;
  /** What keeps its server's gate; null: it has none. */
  readonly guard: AppProcess | null;
  readonly edgeUrl: string;
  /** As wallets elsewhere reach it; the same where they are at no distance. */
  readonly farEdgeUrl: string;
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
  /** Whether each server starts with its gate shut, and has a guard that opens it. Default: there are no gates. */
  readonly guarded?: boolean;
  /** Whether wallets are as far from the edges of other sites as the sites are from each other. Default: no wallet is far. */
  readonly farWallets?: boolean;
}

const mainOf = (app: string): string => fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));

/** One nats-server a site, with a JetStream domain of its own and a delayed leaf link to each site before it, and an edge. */
export async function startSites({ dir, names, shards, delayMs, ...options }: SitesOptions): Promise<Sites> {
  const { settings = {}, confirmed = false, guarded = false, farWallets = false } = options;
  const { path: binary } = await findNatsServer();
  const sites: Site[] = [];
  const links = new Map<string, Link>();
  const walletLinks: Link[] = [];
  const started: NatsServerProcess[] = [];
  const leafPorts: number[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(sites.flatMap(({ edge, expiry }) => [edge.stop(), expiry.stop()]));
    // Each shuts its gate before it ends, so that its server has to be there.
    await Promise.all(sites.flatMap(({ guard }) => (guard === null ? [] : [guard.stop()])));
    await Promise.all(sites.map(({ broker }) => broker.close()));
    await Promise.all(started.map((server) => server.stop()));
    for (const link of [...links.values(), ...walletLinks]) link.close();
  };
  const startServer = async (name: string): Promise<NatsServerProcess> => {
    const ways = await Promise.all(leafPorts.map((port) => Link.open(port, 0, delayMs)));
    ways.forEach((link, index) => links.set(`${name}-${names[index] ?? ""}`, link));
    const leafPort = await freePort();
    const configFile = join(dir, `${name}.conf`);
    const remotePorts = ways.map(({ port }) => port);
    const files = guarded ? await gateFilesOf(dir, name) : undefined;
    await writeFile(configFile, siteConfig(name, leafPort, remotePorts, files));
    // A guarded one is named in its configuration: named here it would refuse to read that again.
    const named = guarded ? {} : { serverName: name };
    const port = await freePort();
    const server = await startNatsServer({ binary, configFile, storeDir: join(dir, name), port, ...named });
    started.push(server);
    leafPorts.push(leafPort);
    return server;
  };
  try {
    await mkdir(dir, { recursive: true });
    const addresses = new Map<string, Address>();
    for (const name of names) addresses.set(name, await addressOf(farWallets ? delayMs : null, walletLinks));
    const servers = new Map<string, NatsServerProcess>();
    for (const name of names) servers.set(name, await startServer(name));
    const siteList = [...servers].map(([name, { url }]) => `${name}=${url}`).join(";");
    for (const [name, server] of servers) {
      const env = {
        P4_NATS_URL: server.url,
        P4_SHARDS: String(shards),
        P4_REPLICAS: "1",
        // Nodes take the names alone: they reach the other sites over the links.
        ...(confirmed ? { P4_SITES: siteList } : {}),
        P4_LOG_LEVEL: "info",
        ...settings,
      };
      const broker = await connectBroker({ url: server.url, name: "p4-regions" });
      const guard = guarded ? siteGuard({ name, dir, region, natsUrl: server.url, sites: siteList }) : null;
      sites.push({ name, server, broker, guard, ...nodesOf(name, { dir, addresses, env }) });
    }
    for (const { guard } of sites) await guard?.start();
    if (guarded) await untilGatesOpen(sites, region);
    return { all: sites, links, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Of an edge, on this machine. */
interface Address {
  readonly port: number;
  /** For wallets that are far from it. */
  readonly farPort: number;
}

async function addressOf(farDelayMs: number | null, links: Link[]): Promise<Address> {
  const port = await freePort();
  if (farDelayMs === null) return { port, farPort: port };
  const link = await Link.open(port, 0, farDelayMs);
  links.push(link);
  return { port, farPort: link.port };
}

interface NodesOptions {
  readonly dir: string;
  readonly addresses: ReadonlyMap<string, Address>;
  readonly env: Readonly<Record<string, string>>;
}

function nodesOf(
  name: string,
  { dir, addresses, env }: NodesOptions,
): Pick<Site, "edge" | "expiry" | "edgeUrl" | "farEdgeUrl"> {
  const { port = 0, farPort = 0 } = addresses.get(name) ?? {};
  // Its own wallets are near it; those that it sends on are far from the site that they go on to.
  const siteUrls = [...addresses].map(
    ([site, at]) => `${site}=http://127.0.0.1:${String(site === name ? at.port : at.farPort)}`,
  );
  const all = { P4_PORT: String(port), P4_SITE_URLS: siteUrls.join(";"), ...env };
  const appOf = (app: "edge" | "expiry", answersAt: number | null): AppProcess => {
    const logFile = join(dir, `${app}-${name}.log`);
    return new AppProcess({ name: `${app}-${name}`, module: mainOf(app), env: all, port: answersAt, logFile });
  };
  return {
    edge: appOf("edge", port),
    expiry: appOf("expiry", null),
    edgeUrl: `ws://127.0.0.1:${String(port)}`,
    farEdgeUrl: `ws://127.0.0.1:${String(farPort)}`,
  };
}
