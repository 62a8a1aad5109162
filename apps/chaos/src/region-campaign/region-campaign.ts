import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { currentRow, defaultLeaseMs } from "@p4/regions";
import { figuresOf, type Figures } from "../checker/figures.ts";
import type { Violation } from "../checker/history.ts";
import { scenarioCommand } from "../scenario-command.ts";
import { number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { copyClass, sabotageOf, seed } from "../chaos-options.ts";
import { longestGapMs } from "../regions/drill-figures.ts";
import { startSites, type Sites } from "../regions/start-sites.ts";
import { scenario, type Run } from "../scenario.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
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
import { regionCampaignText } from "./region-campaign-text.ts";
import { brokenOperator, regionSabotageNames } from "./region-sabotage.ts";
import { regionVerdict, type RegionVerdict } from "./region-verdict.ts";
import { RegionWorld } from "./region-world.ts";
import { Runbook } from "./runbook.ts";
import { RegionWatch } from "./watch-region.ts";

const summary = "the campaign with three sites, whose home is lost, cut off, moved and taken back";
const about = `Three sites as processes of this machine, 40 ms from each other: one nats-server with its guard, one edge and one expiry worker each. Payments
begin at the rate all the time. What follows from the seed: sites are killed, cut off and back, the home is moved, taken over and
taken back by p4 region, by two operators at once, and by commands that are killed in the middle; beside that single links are
cut, slow, or pass one way only. Then the log of the last home is compared with its copies, with what the wallets saw, and with
what p4 region return has written down. It takes the given minutes and up to three more.

Exit code 0: no promise was broken; 1: one was; 2: wrong arguments; 3: not decided, because too little could be carried out.
With --sabotage a site or an operator is broken on purpose: the exit code is 1 when the checker has found it.`;

const options = {
  minutes: number(4, 0.5, 1_440),
  seed,
  /** Payments that begin each second. */
  rate: whole(8, 1, 200),
  /** What the operators promise, and the checker looks for. */
  class: copyClass,
  sabotage: sabotageOf(regionSabotageNames),
};

type RegionCampaignOptions = OptionsOf<typeof options>;

/** Times in ms. */
export interface RegionCampaignFigures extends RegionCampaignOptions {
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

export interface RegionCampaignReport extends RegionCampaignFigures {
  readonly verdict: RegionVerdict;
}

const ttlMs = 30_000;
const readyWithinMs = 60_000;

const plan = {
  system: { names: ["a", "b", "c"], shards: 2, delayMs: 20, settings: { P4_CHANNEL_TTL: "30s" } },
  /** Patience beyond the life of a channel: a payment's end may have to wait for a home too. */
  workload: { limitMs: ttlMs + 60_000 },
  /** A wallet whose home was cut off is sent away by it 3 s after its lease, and then has to find the next one. */
  checks: { lateAfterMs: 45_000, expiryGraceMs: 60_000 },
} as const;
const { shards, delayMs, names } = plan.system;

/** From the start of three sites to the verdict over them. */
const run = scenario({
  async system({ dir, options: { sabotage }, onProgress, over }: Run<RegionCampaignOptions>) {
    onProgress("starting three sites");
    const confirmed = sabotage !== "ignore-lease";
    // A guard would cover up what these break.
    const guarded = confirmed && sabotage !== "promote-without-fence";
    const sites = await startSites({ ...plan.system, dir, confirmed, guarded });
    const changes: ReachChange[] = [];
    const commands: CommandEnd[] = [];
    const interference = new Interference(sites.links, { ownDelayMs: delayMs, changes, nowMs: Date.now });
    const world = await RegionWorld.open(sites, interference, changes);
    const watch = new RegionWatch(sites.all);
    const honest = createOperator({
      sites: world.operatorSites,
      dataDir: join(dir, "operator"),
      signal: over,
      onEnd(end) {
        commands.push(end);
        onProgress(`  p4 region ${end.command}: ${end.outcome} after ${String(end.tookMs)} ms${slowStepsOf(end)}`);
      },
    });
    const operator = brokenOperator(honest, sabotage, sites.all, onProgress);
    const runbook = new Runbook({ operator, watch, signal: over });
    const stop = async (): Promise<void> => {
      await sites.stop();
      world.close();
    };
    return { sites, world, watch, runbook, changes, commands, stop };
  },
  workload: ({ dir, options: { seed: from, minutes, rate } }, { sites }) =>
    new SteadyWallets(dir, {
      ...plan.workload,
      name: `regions-${String(from)}`,
      edges: sites.all.map(({ edgeUrl }) => edgeUrl),
      payments: Math.ceil(rate * minutes * 60),
      paymentsPerSecond: rate,
    }),
  async faults({ options: given, onProgress, over }, { sites, world, watch, runbook }, wallets) {
    const durationMs = given.minutes * 60_000;
    await setUp(sites, world, runbook);
    if (given.class === "sync") await runbook.run(["class", "sync"]);
    const followed = new AbortController();
    const following = watch.follow(AbortSignal.any([over, followed.signal]));
    const schedule = planRegionFaults(given.seed, durationMs, [...sites.links.keys()]);
    onProgress(`${String(schedule.moves.length)} moves, ${String(schedule.links.length)} link faults`);
    await wallets.ready();
    wallets.begin();
    const onStrike = (text: string): void => onProgress(`${text} (${String(wallets.payments)} payments so far)`);
    const moves = await runRegionNemesis(schedule, { world, runbook, watch, durationMs, onStrike }, over);
    onProgress("all is healed; waiting for the payments to end");
    await wallets.done();
    const notWhole = await troubleOf(runbook);
    onProgress("waiting for the channels to expire");
    await untilEnded(watch, sites.all, { shards, withinMs: ttlMs + plan.checks.expiryGraceMs });
    const endFollowing = (): Promise<void> => {
      followed.abort();
      return following;
    };
    return { schedule, moves, notWhole, endFollowing };
  },
  async figures({ dir, options: given }, { sites, watch, commands, changes }, wallets, struck) {
    const { schedule, moves, notWhole, endFollowing } = struck;
    const history: RegionHistory = {
      ...(await readHistory(watch, sites.all, { shards, forksDir: join(dir, "operator", "forks") })),
      records: await readRecords(wallets.recordFile),
      class: given.class,
      leaseMs: defaultLeaseMs,
      sites: names,
      sightings: watch.sightings,
      begins: beginsOf(moves),
      isolations: isolationsOf(changes, names),
      siteOfEdge: new Map(sites.all.map(({ name, edgeUrl }) => [new URL(edgeUrl).host, name])),
      notWhole,
    };
    await endFollowing();
    const planned = schedule.moves.length;
    const ran = { ...given, moves, commands, planned, links: schedule.links, ownEnds: ownEndsOf(sites) };
    const figures = figuresOfRegions(history, ran);
    return { ...figures, verdict: regionVerdict(figures) } satisfies RegionCampaignReport;
  },
  checks: ({ verdict }: RegionCampaignReport) => verdict.outcome,
  text: regionCampaignText,
});

export const regionCampaign = scenarioCommand({ name: "regions", summary, about, options, run });

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

function figuresOfRegions(history: RegionHistory, { links, ...ran }: Ran): RegionCampaignFigures {
  const violations = checkRegions(history, plan.checks, sha256Hex);
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
