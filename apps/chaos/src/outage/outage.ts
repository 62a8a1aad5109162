import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { historyOf, readLog } from "../campaign/read-log.ts";
import { scenarioCommand } from "../scenario-command.ts";
import { flag, number, oneOf, whole, type OptionsOf } from "@p4/testkit/command-line";
import { sabotageOf } from "../chaos-options.ts";
import { sabotagedEdge } from "../sabotage/sabotaged-edge.ts";
import { scenario, type Run } from "../scenario.ts";
import { judgeSteady, type SteadyFaults } from "../steady/judge-steady.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
import { startSystem, type System } from "../system/system.ts";
import { Recorder } from "../wallets/recorder.ts";
import { EdgeWatch } from "./edge-watch.ts";
import { MissedMessages } from "./missed-messages.ts";
import {
  edgeFigures,
  missedFigures,
  walletFigures,
  type EdgeFigures,
  type MissedFigures,
  type WalletFigures,
} from "./outage-figures.ts";
import { brokenPromises, outageText } from "./outage-report.ts";

const summary = "every broker is gone for 30 s while wallets go on paying";
const about = `Two edges with open channels lose every broker at once, by kill -9 or (--cut) by a cut of all their connections, and get
them back after --seconds, while their wallets go on paying. A third edge that keeps its way to the brokers stores
messages that the two cannot hear of. Exit code 0: no joined socket was closed, each edge said that it is not ready and
was ready again by itself in the same process, newcomers and messages were refused with a retryable error, every payment
was completed once, what was stored elsewhere was told before anything later, and the checker found nothing; 1: not so;
2: wrong arguments. With --sabotage the edges are broken on purpose: 0 then means that it was found.`;

const options = {
  channels: whole(200, 1, 2_000),
  /** How long no broker can be reached. */
  seconds: number(30, 5, 600),
  brokers: oneOf([1, 3], 3),
  /** The brokers live, but nothing comes through to them; false: they are killed. */
  cut: flag,
  sabotage: sabotageOf(["deaf-edge", "no-comparison"]),
};

type OutageRun = Run<OptionsOf<typeof options>>;

export interface OutageReport extends WalletFigures, SteadyFaults {
  readonly options: OptionsOf<typeof options>;
  readonly natsServer: string;
  readonly edges: readonly EdgeFigures[];
  /** From the start of the killed brokers until an edge that was not cut off had stored a message on each of its channels. */
  readonly storedAgainAfterMs: number | null;
  /** Edge processes that ended or were another process afterwards. */
  readonly restarted: readonly string[];
  readonly missed: MissedFigures;
}

const ttl = "2h";
const plan = {
  system: {
    /** The last one keeps its way to the brokers: what happens there, the other two cannot hear. */
    edges: { "edge-1": { ttl }, "edge-2": { ttl }, "edge-3": { ttl, linked: false } },
    shards: 4,
    workers: false,
  },
  workload: { name: "outage", openFirst: true, thinkMs: 200 },
  faults: {
    served: ["edge-1", "edge-2"],
    elsewhere: "edge-3",
    missedChannels: 20,
    /** Payments begin before the outage, in it and after it: parts of its length. */
    lead: 1 / 6,
    tail: 1 / 3,
    patienceMs: 60_000,
    /** Wallets of broken edges may never be answered: long enough to be sure. */
    sabotagedPatienceMs: 5_000,
    readyAgainWithinMs: 60_000,
  },
  checks: { lateAfterMs: 30_000, expiryGraceMs: 15_000 },
} as const;
const { served, elsewhere, missedChannels, lead, tail, patienceMs } = plan.faults;

const run = scenario({
  system({ dir, options: { brokers, sabotage }, onProgress }: OutageRun) {
    onProgress(`starting ${String(brokers)} brokers and three edges`);
    const { edgeModule, settings } = sabotagedEdge(sabotage);
    return startSystem({ ...plan.system, ...edgeModule, settings, brokers, dir, onProgress });
  },
  workload({ dir, options: { channels, seconds, sabotage } }, { edgeUrls }) {
    const edges = served.map((edge) => edgeUrls[edge] ?? "");
    const paying = new SteadyWallets(dir, {
      ...plan.workload,
      edges,
      payments: channels,
      paymentsPerSecond: channels / (seconds * (1 + lead + tail)),
      limitMs: seconds * 1_000 + (sabotage === null ? patienceMs : plan.faults.sabotagedPatienceMs),
    });
    const missedFile = join(dir, "missed.jsonl");
    const recorder = new Recorder(missedFile);
    const missed = new MissedMessages(
      { name: "outage-missed", channels: missedChannels, cutOff: edges, elsewhere: edgeUrls[elsewhere] ?? "" },
      recorder,
    );
    const kill = (): void => {
      paying.kill();
      missed.close();
    };
    return { paying, missed, recorder, recordFiles: [paying.recordFile, missedFile], kill };
  },
  async faults({ options: given, onProgress, over }, system, { paying, missed, recorder }) {
    await Promise.all([paying.ready(), missed.joined(AbortSignal.timeout(patienceMs))]);
    const open = given.channels + missedChannels;
    onProgress(`${String(open)} channels are open, two wallets on each; payments begin`);
    const pids = pidsOf(system);
    paying.begin();
    const watches = served.map((edge) => new EdgeWatch(edge, system.edgePorts[edge] ?? 0, over));
    await delay(given.seconds * 1_000 * lead);
    const outage = await loseBrokers(system, missed, given, onProgress);
    await untilReady(watches, outage.healedAtMs);
    onProgress("the edges are ready again; waiting for the payments to end");
    await paying.done();
    await Promise.all(watches.map((watch) => watch.stop()));
    missed.close();
    await recorder.close();
    return { ...outage, watches, restarted: pidsOf(system).filter((pid, index) => pid !== pids[index]) };
  },
  async figures({ options: given }, system, { paying, recordFiles }, { watches, restarted, ...outage }) {
    const history = await historyOf(await readLog(system.logPlace), recordFiles);
    const limits = { ...plan.checks, lateAfterMs: given.seconds * 1_000 + plan.checks.lateAfterMs };
    return {
      options: given,
      natsServer: system.brokers.version,
      storedAgainAfterMs: outage.storedAgainAfterMs,
      edges: watches.map((watch) => edgeFigures(watch.name, watch.ready, watch.joins, outage)),
      restarted,
      ...walletFigures(history.records, outage),
      missed: missedFigures(history.records, outage.missed, outage),
      ...judgeSteady(history, paying.channelIds, limits),
    } satisfies OutageReport;
  },
  checks: (report: OutageReport) => (brokenPromises(report).length === 0 ? "kept" : "broken"),
  expects: ({ sabotage }) => (sabotage === null ? "kept" : "broken"),
  text: outageText,
});

export const outage = scenarioCommand({ name: "outage", summary, about, options, run });

/** `name pid how often it ended by itself`, of every edge. */
function pidsOf({ apps }: System): string[] {
  return [...apps].map(([app, { pid, ownEnds }]) => `${app} ${String(pid)} ${String(ownEnds)}`);
}

/** Whatever became of the brokers, the edges get back to them only after something was stored that they missed. */
async function loseBrokers(
  { brokers, links }: System,
  missed: MissedMessages,
  { seconds, cut }: OutageRun["options"],
  onProgress: OutageRun["onProgress"],
) {
  const all = served.flatMap((edge) => links.get(edge) ?? []);
  onProgress(`${cut ? "the way to every broker is cut" : "kill -9 of every broker"} for ${String(seconds)} s`);
  const lostAtMs = Date.now();
  for (const link of all) link.sever();
  if (!cut) await Promise.all(brokers.brokers.map((broker) => broker.kill()));
  missed.ask();
  await delay(seconds * 1_000);
  const startedAtMs = Date.now();
  if (!cut) await Promise.all(brokers.brokers.map((broker) => broker.start()));
  const stored = await missed.store(AbortSignal.timeout(patienceMs));
  onProgress(`${String(stored.size)} messages were stored elsewhere; the edges get their brokers back`);
  const healedAtMs = Date.now();
  for (const link of all) link.heal();
  return { lostAtMs, healedAtMs, storedAgainAfterMs: cut ? null : healedAtMs - startedAtMs, missed: stored };
}

/** Gives up after a while: the report tells which edge was not ready. */
async function untilReady(watches: readonly EdgeWatch[], healedAtMs: number): Promise<void> {
  const isReady = ({ ready }: EdgeWatch): boolean => {
    const last = ready.at(-1);
    return last !== undefined && last.ready && last.atMs > healedAtMs;
  };
  while (!watches.every(isReady) && Date.now() < healedAtMs + plan.faults.readyAgainWithinMs) await delay(50);
}
