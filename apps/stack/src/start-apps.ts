import { join } from "node:path";
import type { AppName, Config } from "@p4/config";
import { addressesOf } from "@p4/config";
import { startEdge } from "@p4/edge";
import { startExpiry } from "@p4/expiry";
import { startMiner } from "@p4/miner";
import { startPaydApp } from "@p4/payd";
import { startProofIngest } from "@p4/proof-ingest";
import type { Lifecycle, Logger } from "@p4/telemetry";

/** Where an app answers, for people. */
export interface Endpoint {
  readonly app: AppName;
  readonly url: string;
  readonly note: string;
}

export interface StackContext {
  /** Updated as apps start: the ports really in use, and what follows from them. */
  config: Config;
  natsUrl: string;
  readonly loggerFor: (app: string) => Logger;
  readonly endpoints: Endpoint[];
}

interface Running {
  close(): Promise<void>;
  readonly homeLeft?: Promise<void>;
}

/**
 * Starts each app in the order in which they need each other: the miner first, payd last.
 *
 * @param onHomeLeft the region's home has moved to another site, which apps that run together do not follow
 */
export function addApps(lifecycle: Lifecycle, context: StackContext, onHomeLeft: () => void): void {
  for (const name of startOrder) {
    if (!context.config.apps.includes(name)) continue;
    let running: Running | undefined;
    lifecycle.add({
      name,
      start: async () => {
        running = await starters[name](context);
        void running.homeLeft?.then(onHomeLeft);
      },
      stop: () => running?.close(),
    });
  }
}

const startOrder: readonly AppName[] = ["miner", "edge", "proof-ingest", "expiry", "payd"];

const starters: Record<AppName, (context: StackContext) => Promise<Running>> = {
  miner: async (context) => {
    const { config } = context;
    const logger = context.loggerFor("miner");
    const miner = await startMiner({
      host: config.host,
      port: config.minerPort,
      dataDir: join(config.dataDir, "miner"),
      log: (message) => logger.info(message),
    });
    use(context, { minerPort: portOf(miner.url) });
    // The local miner is this system's chain unless another source was named.
    if (config.headerSource.kind === "none")
      use(context, { headerSource: { kind: "miner", url: miner.url, isAssumed: true } });
    announce(context, "miner", miner.url, "local mAPI, ARC and headers: for development only");
    return miner;
  },
  edge: async (context) => {
    const edge = await startEdge(appOptions(context, "edge"));
    use(context, { port: edge.port });
    const { publicSocketUrl, publicUrl } = addressesOf(context.config);
    announce(
      context,
      "edge",
      `${publicSocketUrl}/ws/<channelID>`,
      `wallets join here; also HTTP bridge, proofs, /readyz, and pages to look at: ${publicUrl}/`,
    );
    return edge;
  },
  "proof-ingest": async (context) => {
    const ingest = await startProofIngest(appOptions(context, "proof-ingest"));
    use(context, { proofPort: ingest.port });
    announce(
      context,
      "proof-ingest",
      `${addressesOf(context.config).callbackUrl}/proofs/<txid>?i=<channelID>`,
      "miners call back here",
    );
    return ingest;
  },
  expiry: async (context) => startExpiry(appOptions(context, "expiry")),
  payd: async (context) => {
    const payd = await startPaydApp(appOptions(context, "payd"));
    use(context, { paydPort: portOf(payd.url) });
    announce(context, "payd", payd.url, "the merchant's wallet, with a shop to look at; POST /api/v1/invoices");
    return payd;
  },
};

function appOptions({ config, natsUrl, loggerFor }: StackContext, app: AppName) {
  return { config, natsUrl, logger: loggerFor(app) };
}

function use(context: StackContext, changes: Partial<Config>): void {
  context.config = { ...context.config, ...changes };
}

function announce(context: StackContext, app: AppName, url: string, note: string): void {
  context.endpoints.push({ app, url, note });
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
