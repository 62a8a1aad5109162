import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { customer, merchant } from "@p4/client";
import { freePort } from "@p4/nats-server/testing";
import { waitsOf } from "../checker/waits.ts";
import { noWorkload, scenario, type Run } from "../scenario.ts";
import { AppProcess } from "../system/app-process.ts";
import { Link } from "../system/link.ts";
import { ackBody, syntheticPayment, terms } from "../wallets/bodies.ts";
import { awayText, isAwayKept } from "./away-report.ts";
import { untilReadySays } from "./move-region.ts";
import { startEdgeOf, startTwoSites } from "./two-sites.ts";

export interface AwayOptions {
  /** By each path, one channel each. */
  readonly payments: number;
  /** Between the sites, and between a wallet and the other site, each way. */
  readonly delayMs: number;
}

/**
 * How a customer's wallet reaches its channel: `home`: near the home's edge. The others are near the other site:
 * `redirected` to the home's edge by that site's own; `served` there, by an edge that reaches the home's broker from afar.
 */
export const walletPaths = ["home", "redirected", "served"] as const;
export type WalletPath = (typeof walletPaths)[number];

/** Medians, in ms. */
export interface PathReport {
  readonly path: WalletPath;
  readonly joinMs: number;
  /** From the request of terms to the acknowledgement: four messages. */
  readonly paymentMs: number;
}

export interface AwayReport extends AwayOptions {
  readonly paths: readonly PathReport[];
}

const shards = 2;
const limitMs = 60_000;
const edgeMain = fileURLToPath(new URL("../../../edge/dist/main.js", import.meta.url));

/** A merchant's wallet near the home, and a customer's near it or far: one pays after the other, by each path in turn. */
export const away = scenario({
  async system({ dir, options: { delayMs }, onProgress }: Run<AwayOptions>) {
    onProgress("starting two sites");
    const sites = await startTwoSites({ dir, shards, delayMs, farWallets: true }, startEdgeOf);
    const far = await Link.open(sites.home.server.port, 0, delayMs);
    const port = await freePort();
    const env = {
      P4_NATS_URL: `nats://127.0.0.1:${String(far.port)}`,
      P4_PORT: String(port),
      P4_SHARDS: String(shards),
      P4_REPLICAS: "1",
      P4_LOG_LEVEL: "info",
    };
    const logFile = join(dir, "edge-afar.log");
    const afar = new AppProcess({ name: "edge-afar", module: edgeMain, env, port, logFile });
    const stop = async (): Promise<void> => {
      await afar.stop();
      far.close();
      await sites.stop();
    };
    return { ...sites, afar, afarUrl: `ws://127.0.0.1:${String(port)}`, stop };
  },
  // Wallets come one after the other, below.
  workload: noWorkload,
  async faults({ options: { payments }, onProgress }, { home, other, afar, afarUrl }) {
    await Promise.all([other.edge.start(), afar.start()]);
    await afar.ready(limitMs);
    // It knows where the home is.
    await untilReadySays(other, `"home":"${home.name}"`);
    const urls: Record<WalletPath, string> = { home: home.edgeUrl, redirected: other.edgeUrl, served: afarUrl };
    const found = new Map<WalletPath, Measured[]>(walletPaths.map((path) => [path, []]));
    for (let count = 0; count < payments; count++) {
      for (const path of walletPaths) {
        const channelId = `${path}-${String(count)}`;
        found.get(path)?.push(await payOnce(`${home.edgeUrl}/ws/${channelId}`, `${urls[path]}/ws/${channelId}`));
      }
    }
    onProgress(`${String(payments * walletPaths.length)} payments have ended`);
    return found;
  },
  figures: ({ options }, _sites, _none, found): AwayReport => ({
    ...options,
    paths: [...found].map(([path, all]) => ({ path, ...mediansOf(all) })),
  }),
  checks: (report) => (isAwayKept(report) ? "kept" : "broken"),
  text: awayText,
});

interface Measured {
  readonly joinMs: number;
  readonly paymentMs: number;
}

async function payOnce(merchantUrl: string, customerUrl: string): Promise<Measured> {
  const timeoutMs = limitMs;
  const shop = merchant(merchantUrl, {});
  shop.onTermsRequested(() => terms);
  shop.on("payment", ({ received }) => {
    // The session may be closed when the customer has its answer, before the receipt for it is there.
    shop.acknowledge(received, ackBody(received.bodyText ?? "{}", true)).catch(() => undefined);
  });
  try {
    await shop.joined({ timeoutMs });
    const beganMs = performance.now();
    const wallet = customer(customerUrl, {});
    try {
      await wallet.joined({ timeoutMs });
      const joinedMs = performance.now();
      await wallet.requestTerms({ timeoutMs });
      await wallet.pay(syntheticPayment().bodyText, { timeoutMs });
      return { joinMs: joinedMs - beganMs, paymentMs: performance.now() - joinedMs };
    } finally {
      wallet.close();
    }
  } finally {
    shop.close();
  }
}

function mediansOf(all: readonly Measured[]): Measured {
  return {
    joinMs: waitsOf(all.map(({ joinMs }) => joinMs)).median,
    paymentMs: waitsOf(all.map(({ paymentMs }) => paymentMs)).median,
  };
}
