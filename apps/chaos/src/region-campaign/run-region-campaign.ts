import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { currentRow, defaultLeaseMs, type CopyClass } from "@p4/regions";
import { figuresOf, type Figures } from "../checker/figures.ts";
import type { Violation } from "../checker/history.ts";
import { longestGapMs } from "../regions/drill-figures.ts";
import { startSites, type Sites } from "../regions/start-sites.ts";
import { startSteadyWallets } from "../steady/steady-wallets.ts";
import { readRecords } from "../wallets/recorder.ts";
import { checkRegions } from "./check-regions.ts";
import { deposedLogs } from "./deposed-logs.ts";
import { acknowledgements } from "./acknowledgements.ts";
import { Interference } from "./interference.ts";
import { createOperator, type CommandEnd } from "./operator.ts";
import { planRegionFaults } from "./plan-region-faults.ts";
import { isolationsOf, type ReachChange } from "./reach.ts";
import { readHistory, untilEnded } from "./read-history.ts";
import type { RegionHistory } from "./region-history.ts";
import { beginsOf, runRegionNemesis, type StruckMove } from "./region-nemesis.ts";
import { brokenOperator, type RegionSabotage } from "./region-sabotage.ts";
import { RegionWorld } from "./region-world.ts";
import { Runbook } from "./runbook.ts";
import { RegionWatch } from "./watch-region.ts";

export interface RegionCampaignOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Payments that begin each second. */
  readonly rate: number;
  /** What the operators promise, and the checker looks for. */
  readonly class: Exclude<CopyClass, "none">;
  readonly sabotage: RegionSabotage | null;
}

/** Times in ms. */
export interface RegionCampaignReport extends RegionCampaignOptions {
  readonly figures: Figures;
  readonly longestWithoutAppendMs: number;
  /** Moves that were planned; those that are not in `moves` came too late. */
  readonly planned: number;
  readonly moves: readonly StruckMove[];
  readonly commands: readonly CommandEnd[];
  /** Epochs that the region has had. */
  readonly epochs: number;
  /** What homes that were given up had alone: events, and how many of them a wallet had a receipt for. */
  readonly tails: { readonly events: number; readonly acknowledged: number };
  readonly violations: readonly Violation[];
  /** Nodes that ended by themselves: name and how often. */
  readonly ownEnds: Readonly<Record<string, number>>;
}

const names = ["a", "b", "c"];
export const shards = 2;
const delayMs = 20;
const ttlMs = 30_000;
/** Of a payment, beyond the life of its channel: its end may have to wait for a home too. */
const patienceMs = 60_000;
/** A wallet whose home was cut off is sent away by it 3 s after its lease, and then has to find the next one. */
const limits = { lateAfterMs: 45_000, expiryGraceMs: 60_000 };
const readyWithinMs = 60_000;

/** From the start of three sites to the verdict over them; everything that it started is gone afterwards. */
export async function runRegionCampaign(
  options: RegionCampaignOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<RegionCampaignReport> {
  const { seed, minutes, rate, sabotage } = options;
  onProgress("starting three sites");
  const confirmed = sabotage !== "ignore-lease";
  const settings = { P4_CHANNEL_TTL: `${String(ttlMs / 1_000)}s` };
  // A guard would cover up what these break.
  const guarded = confirmed && sabotage !== "promote-without-fence";
  const sites = await startSites({ dir, names, shards, delayMs, settings, confirmed, guarded });
  const over = new AbortController();
  const changes: ReachChange[] = [];
  const commands: CommandEnd[] = [];
  const interference = new Interference(sites.links, { ownDelayMs: delayMs, changes, nowMs: Date.now });
  const world = await RegionWorld.open(sites, interference, changes);
  const watch = new RegionWatch(sites.all);
  const operator = brokenOperator(
    createOperator({
      sites: world.operatorSites,
      dataDir: join(dir, "operator"),
      signal: over.signal,
      onEnd(end) {
        commands.push(end);
        onProgress(`  p4 region ${end.command}: ${end.outcome} after ${String(end.tookMs)} ms${slowStepsOf(end)}`);
      },
    }),
    sabotage,
    sites.all,
    onProgress,
  );
  const runbook = new Runbook({ operator, watch, signal: over.signal });
  const recordFile = join(dir, "wallets.jsonl");
  const durationMs = minutes * 60_000;
  const wallets = startSteadyWallets({
    name: `regions-${String(seed)}`,
    edges: sites.all.map(({ edgeUrl }) => edgeUrl),
    recordFile,
    payments: Math.ceil((rate * durationMs) / 1_000),
    paymentsPerSecond: rate,
    openFirst: false,
    thinkMs: 0,
    limitMs: ttlMs + patienceMs,
  });
  try {
    await setUp(sites, world, runbook);
    if (options.class === "sync") await runbook.run(["class", "sync"]);
    const following = watch.follow(over.signal);
    const schedule = planRegionFaults(seed, durationMs, [...sites.links.keys()]);
    onProgress(`${String(schedule.moves.length)} moves, ${String(schedule.links.length)} link faults`);
    await wallets.ready();
    wallets.begin();
    const onStrike = (text: string): void => onProgress(`${text} (${String(wallets.payments)} payments so far)`);
    const moves = await runRegionNemesis(schedule, { world, runbook, watch, durationMs, onStrike }, over.signal);
    onProgress("all is healed; waiting for the payments to end");
    await wallets.done();
    const notWhole = await troubleOf(runbook);
    onProgress("waiting for the channels to expire");
    await untilEnded(watch, sites.all, { shards, withinMs: ttlMs + limits.expiryGraceMs });
    const history: RegionHistory = {
      ...(await readHistory(watch, sites.all, { shards, forksDir: join(dir, "operator", "forks") })),
      records: await readRecords(recordFile),
      class: options.class,
      leaseMs: defaultLeaseMs,
      sites: names,
      sightings: watch.sightings,
      begins: beginsOf(moves),
      isolations: isolationsOf(changes, names),
      siteOfEdge: new Map(sites.all.map(({ name, edgeUrl }) => [new URL(edgeUrl).host, name])),
      notWhole,
    };
    over.abort();
    await following;
    return reportOf(history, {
      ...options,
      moves,
      commands,
      planned: schedule.moves.length,
      links: schedule.links,
      ownEnds: ownEndsOf(sites),
    });
  } finally {
    over.abort();
    wallets.kill();
    await sites.stop();
    world.close();
  }
}

const slowStepMs = 500;

/** What a command has waited for; empty: nothing took long. */
function slowStepsOf({ steps = [] }: CommandEnd): string {
  const slow = steps.filter(({ tookMs }) => tookMs >= slowStepMs);
  return slow.length === 0 ? "" : ` (${slow.map(({ step, tookMs }) => `${step} ${String(tookMs)} ms`).join(", ")})`;
}

async function setUp({ all }: Sites, world: RegionWorld, runbook: Runbook): Promise<void> {
  const [home, ...copies] = all;
  if (home === undefined) throw new Error("there are no sites");
  await home.edge.start();
  await home.edge.ready(readyWithinMs);
  for (const { name } of copies) await untilCopied(runbook, name);
  for (const { name } of all) await world.startNodes(name);
  await runbook.settle();
}

async function untilCopied(runbook: Runbook, to: string): Promise<void> {
  for (const endMs = performance.now() + readyWithinMs; ; await delay(500)) {
    const { outcome } = await runbook.run(["copy", "--to", to]);
    if (outcome === "done") return;
    if (performance.now() > endMs) throw new Error(`no copy at ${to}: ${outcome}`);
  }
}

async function troubleOf(runbook: Runbook): Promise<string[]> {
  try {
    await runbook.settle();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function ownEndsOf({ all }: Sites): Record<string, number> {
  const nodes = all
    .flatMap(({ edge, expiry, guard }) => [edge, expiry, ...(guard === null ? [] : [guard])])
    .filter(({ ownEnds }) => ownEnds > 0);
  return Object.fromEntries(nodes.map(({ name, ownEnds }) => [name, ownEnds]));
}

interface Ran extends RegionCampaignOptions {
  readonly ownEnds: Readonly<Record<string, number>>;
  readonly moves: readonly StruckMove[];
  readonly commands: readonly CommandEnd[];
  readonly planned: number;
  readonly links: readonly { readonly kind: string }[];
}

function reportOf(history: RegionHistory, { links, ...ran }: Ran): RegionCampaignReport {
  const violations = checkRegions(history, limits, sha256Hex);
  const rows = history.sightings.flatMap(({ sites }) => sites.map(({ row }) => row));
  const heard = new Set(
    acknowledgements(history.records).map(({ channelId, sequence }) => `${channelId} ${String(sequence)}`),
  );
  const alone = new Map(
    deposedLogs(history).flatMap(({ tail }) =>
      tail.map(({ channelId, streamVersion }) => [`${channelId} ${String(streamVersion)}`, channelId] as const),
    ),
  );
  return {
    ...ran,
    figures: figuresOf(history, [...ran.moves, ...links], violations),
    longestWithoutAppendMs: longestGapMs(history.log),
    epochs: currentRow(rows)?.epoch ?? 0,
    tails: { events: alone.size, acknowledged: [...alone.keys()].filter((key) => heard.has(key)).length },
    violations,
  };
}
