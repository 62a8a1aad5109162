import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "@p4/node-crypto";
import { check } from "../checker/check.ts";
import { figuresOf, type Figures } from "../checker/figures.ts";
import type { History, Violation } from "../checker/history.ts";
import type { Fault } from "../nemesis/fault.ts";
import { runNemesis, type NemesisOptions } from "../nemesis/nemesis.ts";
import { planFaults } from "../nemesis/plan-faults.ts";
import { startSystem, type System } from "../system/system.ts";
import { readRecords } from "../wallets/recorder.ts";
import type { CampaignOptions } from "./campaign-options.ts";
import { readLog } from "./read-log.ts";
import { startWallets } from "./wallets.ts";

export interface CampaignReport {
  readonly seed: number;
  readonly minutes: number;
  readonly natsServer: string;
  readonly sabotage: string | null;
  readonly figures: Figures;
  readonly violations: readonly Violation[];
  /** Apps that ended by themselves: name and how often. */
  readonly ownEnds: Readonly<Record<string, number>>;
}

export const shards = 4;
const ttlMs = 60_000;
const briefTtlMs = 5_000;
/** Of the wallets' patience beyond the life of a channel: expiry itself may have to wait for a fault's end. */
const patienceMs = 40_000;
/** The longest fault lasts nine seconds; a cluster that was away as a whole elects its leaders for as long again. */
const limits = { lateAfterMs: 30_000, expiryGraceMs: 15_000 };
const maxRunningFlows = 1_000;

/** The edges that wallets begin at; the brief one opens channels that end within seconds. */
const edges = {
  "edge-1": { ttl: `${String(ttlMs / 1_000)}s` },
  "edge-2": { ttl: `${String(ttlMs / 1_000)}s` },
  "edge-brief": { ttl: `${String(briefTtlMs / 1_000)}s` },
} as const;

/** From the start of the system to the verdict over it; everything that it started is gone afterwards. */
export async function runCampaign(
  options: CampaignOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<CampaignReport> {
  const { minutes, seed, sabotage, batches } = options;
  const isAsShipped = sabotage === null && batches === "adaptive";
  onProgress("starting three brokers, three edges, two expiry workers and the proof server");
  const system = await startSystem({
    dir,
    edges,
    shards,
    // A small queue: peers that do not read are soon cut off.
    settings: {
      P4_MAX_MESSAGE_BYTES: "500kB",
      ...(isAsShipped ? {} : { CHAOS_BATCHES: batches }),
      ...(sabotage === null ? {} : { CHAOS_SABOTAGE: sabotage }),
    },
    ...(isAsShipped ? {} : { edgeModule: fileURLToPath(new URL("../sabotage/edge-main.js", import.meta.url)) }),
    onProgress,
  });
  const recordFile = join(dir, "wallets.jsonl");
  const urlOf = (name: keyof typeof edges): string => `ws://127.0.0.1:${String(system.edgePorts[name] ?? 0)}`;
  const wallets = startWallets({
    seed,
    edges: { ordinary: [urlOf("edge-1"), urlOf("edge-2")], brief: urlOf("edge-brief") },
    proofUrl: `http://127.0.0.1:${String(system.proofPort)}`,
    recordFile,
    flowsPerSecond: options.rate,
    maxRunningFlows,
    flowLimitMs: ttlMs + patienceMs,
  });
  // A campaign that fails must not start a process again after all has been stopped.
  const over = new AbortController();
  try {
    const plan = planFaults(seed, minutes * 60_000, {
      brokers: system.brokers.brokers.map(({ name }) => name),
      edges: Object.keys(edges),
      workers: [...system.apps.keys()].filter((name) => !(name in edges)),
    });
    onProgress(`${String(plan.length)} faults in ${String(minutes)} minutes`);
    const nemesis: NemesisOptions = {
      system,
      stallPeer: (edge, holdMs) => wallets.stall(urlOf(edge as keyof typeof edges), holdMs),
      onFault: ({ kind, target, holdMs }) =>
        onProgress(`${kind} ${target} for ${String(holdMs)} ms (${String(wallets.flows)} flows so far)`),
    };
    await Promise.all([
      delay(minutes * 60_000, undefined, { signal: over.signal }),
      runNemesis(plan, nemesis, over.signal),
    ]);
    onProgress("all is healed; waiting for the flows to end and the channels to expire");
    await wallets.finish();
    await delay(ttlMs + limits.expiryGraceMs);
    return await judge(system, recordFile, plan, options);
  } finally {
    over.abort();
    wallets.kill();
    await system.stop();
  }
}

async function judge(
  system: System,
  recordFile: string,
  plan: readonly Fault[],
  { seed, minutes, sabotage }: CampaignOptions,
): Promise<CampaignReport> {
  const log = await readLog(system.natsUrl, { shards, replicas: 3 });
  const history: History = { log, records: await readRecords(recordFile), readAtMs: Date.now() };
  const violations = check(history, limits, sha256Hex);
  const ownEnds = [...system.apps].filter(([, app]) => app.ownEnds > 0).map(([name, app]) => [name, app.ownEnds]);
  return {
    seed,
    minutes,
    natsServer: system.brokers.version,
    sabotage,
    figures: figuresOf(history, plan, violations),
    violations,
    ownEnds: Object.fromEntries(ownEnds) as Record<string, number>,
  };
}
