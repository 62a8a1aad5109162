import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { check } from "../checker/check.ts";
import { figuresOf, type Figures } from "../checker/figures.ts";
import type { Violation } from "../checker/history.ts";
import { scenarioCommand } from "../scenario-command.ts";
import { runNemesis, type NemesisOptions } from "../nemesis/nemesis.ts";
import { planFaults } from "../nemesis/plan-faults.ts";
import { number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { batches, sabotageOf, seed } from "../chaos-options.ts";
import { campaignSabotages, sabotagedEdge } from "../sabotage/sabotaged-edge.ts";
import { scenario, type Run } from "../scenario.ts";
import { LoadProcess } from "../system/load-process.ts";
import { startSystem } from "../system/system.ts";
import type { FromWallets, ToWallets, WalletsSettings } from "../wallets/wallets-protocol.ts";
import { historyOf, readLog } from "./read-log.ts";
import { reportText } from "./report-text.ts";

const summary = "faults that follow from a seed, on everything";
const about = `Runs payments against three brokers, three edges and the workers, all as processes of this machine, while faults that
follow from the seed hit them; then compares the log with what the wallets saw. Exit code 0: nothing was lost and no
promise was broken; 1: something was; 2: wrong arguments. With --sabotage the edges are broken on purpose, and the
checker has to find it: 0 then means found. --batches always sends every append as an atomic batch, never sends none.`;

export const campaignOptions = {
  minutes: number(2, 0.1, 1_440),
  seed,
  /** Flows that begin each second. */
  rate: whole(8, 1, 1_000),
  sabotage: sabotageOf(campaignSabotages),
  /** How the edges send appends that wait for one stream. */
  batches,
};

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

const ttlMs = 60_000;

const plan = {
  system: {
    /** The edges that wallets begin at; the brief one opens channels that end within seconds. */
    edges: { "edge-1": { ttl: "60s" }, "edge-2": { ttl: "60s" }, "edge-brief": { ttl: "5s" } },
    shards: 4,
    /** A small queue: peers that do not read are soon cut off. */
    settings: { P4_MAX_MESSAGE_BYTES: "500kB" },
  },
  workload: {
    maxRunningFlows: 1_000,
    /** Patience beyond the life of a channel: expiry itself may have to wait for a fault's end. */
    flowLimitMs: ttlMs + 40_000,
  },
  /** The longest fault lasts nine seconds; a cluster that was away as a whole elects its leaders for as long again. */
  checks: { lateAfterMs: 30_000, expiryGraceMs: 15_000 },
} as const;

const run = scenario({
  system({ dir, options: { sabotage, batches: mode }, onProgress }: Run<OptionsOf<typeof campaignOptions>>) {
    onProgress("starting three brokers, three edges, two expiry workers and the proof server");
    const { edgeModule, settings } = sabotagedEdge(sabotage, mode);
    const { system } = plan;
    return startSystem({ ...system, ...edgeModule, settings: { ...system.settings, ...settings }, dir, onProgress });
  },
  workload({ dir, options: { seed: from, rate } }, { edgeUrls, proofPort }) {
    const urlOf = (name: keyof typeof plan.system.edges): string => edgeUrls[name] ?? "";
    const settings: WalletsSettings = {
      ...plan.workload,
      seed: from,
      edges: { ordinary: [urlOf("edge-1"), urlOf("edge-2")], brief: urlOf("edge-brief") },
      proofUrl: `http://127.0.0.1:${String(proofPort)}`,
      recordFile: join(dir, "wallets.jsonl"),
      flowsPerSecond: rate,
    };
    return new LoadProcess<FromWallets, ToWallets>(new URL("../wallets/wallets-process.js", import.meta.url), settings);
  },
  async faults({ options: { minutes, seed: from }, onProgress, over }, system, wallets) {
    const edges = Object.keys(plan.system.edges);
    const faults = planFaults(from, minutes * 60_000, {
      brokers: system.brokers.brokers.map(({ name }) => name),
      edges,
      workers: [...system.apps.keys()].filter((name) => !edges.includes(name)),
    });
    onProgress(`${String(faults.length)} faults in ${String(minutes)} minutes`);
    const nemesis: NemesisOptions = {
      system,
      stallPeer: (edge, holdMs) => wallets.order({ type: "stall", edge: system.edgeUrls[edge] ?? "", holdMs }),
      onFault: ({ kind, target, holdMs }) =>
        onProgress(`${kind} ${target} for ${String(holdMs)} ms (${String(wallets.told?.flows ?? 0)} flows so far)`),
    };
    await Promise.all([delay(minutes * 60_000, undefined, { signal: over }), runNemesis(faults, nemesis, over)]);
    onProgress("all is healed; waiting for the flows to end and the channels to expire");
    wallets.order({ type: "finish" });
    await wallets.done();
    await delay(ttlMs + plan.checks.expiryGraceMs);
    return faults;
  },
  async figures({ dir, options }, system, _wallets, faults) {
    const history = await historyOf(await readLog(system.logPlace), [join(dir, "wallets.jsonl")]);
    const violations = check(history, plan.checks, sha256Hex);
    const ownEnds = [...system.apps].filter(([, app]) => app.ownEnds > 0).map(([name, app]) => [name, app.ownEnds]);
    return {
      seed: options.seed,
      minutes: options.minutes,
      natsServer: system.brokers.version,
      sabotage: options.sabotage,
      figures: figuresOf(history, faults, violations),
      violations,
      ownEnds: Object.fromEntries(ownEnds) as Record<string, number>,
    } satisfies CampaignReport;
  },
  checks: ({ violations }: CampaignReport) => (violations.length === 0 ? "kept" : "broken"),
  expects: ({ sabotage }) => (sabotage === null ? "kept" : "broken"),
  text: reportText,
});

export const campaign = scenarioCommand({ name: "campaign", summary, about, options: campaignOptions, run });
