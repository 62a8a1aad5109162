import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogPlace } from "../campaign/read-log.ts";
import { AppProcess } from "./app-process.ts";
import { startBrokerCluster, type Broker, type BrokerCluster } from "./broker-cluster.ts";
import { freePort } from "@p4/nats-server/testing";
import { Link } from "./link.ts";
import type { Member } from "./member.ts";

export interface SystemOptions {
  readonly dir: string;
  /** Edges by name. */
  readonly edges: Readonly<Record<string, EdgePlan>>;
  readonly shards: number;
  /** The edge's main module; default: the app's own. */
  readonly edgeModule?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Brokers, and replicas of each stream. Default 3. */
  readonly brokers?: 1 | 3;
  /** Connections between processes go through links that can be severed. Default true; false costs less. */
  readonly linked?: boolean;
  /** The proof server and two expiry workers as well. Default true. */
  readonly workers?: boolean;
  readonly onProgress: (text: string) => void;
}

export interface EdgePlan {
  /** The life of the channels that it opens. */
  readonly ttl: string;
  /** False: past the links of a linked system. */
  readonly linked?: boolean;
  /** Of this edge alone. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The system as processes on this machine: brokers, edges and, unless left out, workers and the links between them. */
export interface System {
  readonly brokers: BrokerCluster;
  readonly apps: ReadonlyMap<string, AppProcess>;
  readonly edgePorts: Readonly<Record<string, number>>;
  /** `ws://host:port` */
  readonly edgeUrls: Readonly<Record<string, string>>;
  readonly proofPort: number;
  /** An app's links to the brokers; none when the system is not linked. */
  readonly links: ReadonlyMap<string, readonly Link[]>;
  /** Past all links. */
  readonly natsUrl: string;
  readonly logPlace: LogPlace;
  app(name: string): AppProcess;
  member(name: string): Member;
  stop(): Promise<void>;
}

const mains = { edge: "edge", expiry: "expiry", proofs: "proof-ingest" } as const;
const readyWithinMs = 60_000;

export async function startSystem(options: SystemOptions): Promise<System> {
  await mkdir(options.dir, { recursive: true });
  const { brokers: members = 3, linked = true, workers = true } = options;
  const brokers = await startBrokerCluster(options.dir, { members, linked }, options.onProgress);
  const apps = new Map<string, AppProcess>();
  const links = new Map<string, readonly Link[]>();
  const stop = async (): Promise<void> => {
    await Promise.all([...apps.values()].map((app) => app.stop()));
    await brokers.stop();
    for (const link of [...links.values()].flat()) link.close();
  };
  const add = async (
    name: string,
    module: string,
    port: number | null,
    settings: Record<string, string>,
    isLinked = linked,
  ) => {
    const own = isLinked ? await Promise.all(brokers.brokers.map((broker) => Link.open(broker.port))) : [];
    links.set(name, own);
    const env = {
      P4_NATS_URL: isLinked ? natsUrlOf(own) : urlsOf(brokers.brokers),
      P4_SHARDS: String(options.shards),
      P4_LOG_LEVEL: "info",
      P4_REPLICAS: String(members),
      ...options.settings,
      ...settings,
    };
    const app = new AppProcess({ name, module, env, port, logFile: join(options.dir, `${name}.log`) });
    apps.set(name, app);
    await app.start();
    return app;
  };
  try {
    const edgePorts: Record<string, number> = {};
    for (const [name, { ttl, linked: isLinked = linked, settings: own = {} }] of Object.entries(options.edges)) {
      edgePorts[name] = await freePort();
      const settings = { P4_PORT: String(edgePorts[name]), P4_CHANNEL_TTL: ttl, ...own };
      const edge = await add(name, options.edgeModule ?? mainOf(mains.edge), edgePorts[name], settings, isLinked);
      // The first one creates the streams.
      if (apps.size === 1) await edge.ready(readyWithinMs);
    }
    const proofPort = await freePort();
    if (workers) {
      await add("proofs", mainOf(mains.proofs), proofPort, { P4_PROOF_PORT: String(proofPort) });
      for (const name of ["expiry-1", "expiry-2"]) await add(name, mainOf(mains.expiry), null, {});
    }
    await Promise.all([...apps.values()].map((app) => app.ready(readyWithinMs)));
    const found = <M extends Member>(name: string, member: M | undefined): M => {
      if (member === undefined) throw new Error(`no process is named ${name}`);
      return member;
    };
    const app = (name: string): AppProcess => found(name, apps.get(name));
    const member = (name: string): Member =>
      found(name, apps.get(name) ?? brokers.brokers.find((broker) => broker.name === name));
    const natsUrl = urlsOf(brokers.brokers);
    const edgeUrls = Object.fromEntries(
      Object.entries(edgePorts).map(([name, port]) => [name, `ws://127.0.0.1:${String(port)}`]),
    );
    const logPlace = { natsUrl, shards: options.shards, replicas: members };
    return { brokers, apps, edgePorts, edgeUrls, proofPort, links, natsUrl, logPlace, app, member, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function mainOf(app: string): string {
  return fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));
}

function natsUrlOf(links: readonly Link[]): string {
  return links.map(({ port }) => `nats://127.0.0.1:${String(port)}`).join(",");
}

function urlsOf(brokers: readonly Broker[]): string {
  return brokers.map(({ url }) => url).join(",");
}
