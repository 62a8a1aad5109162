import { setTimeout as delay } from "node:timers/promises";
import { leftOver, readLeakCounters, settledLeakCounters, type LeakCounters } from "@p4/testkit/leak-counters";
import { historyOf, readChannels } from "../campaign/read-log.ts";
import { scenario, type Run } from "../scenario.ts";
import { judgeSteady, type SteadyFaults } from "../steady/judge-steady.ts";
import type { SteadyWallets } from "../steady/steady-wallets.ts";
import { readRecords } from "../wallets/recorder.ts";
import { errorsLogged } from "./errors-logged.ts";
import { honestWaits, type HonestWaits } from "./honest-waits.ts";
import { LoadMeter, type LoadFigures } from "./load-meter.ts";
import { NodeWatch } from "./node-watch.ts";
import { startStrangersSystem, StrangersLoad, type StrangersSystem } from "./start-strangers-system.ts";
import type { Tally } from "./strangers-crowd.ts";
import { mib, strangersText } from "./strangers-report.ts";
import { strangersScenario, type StrangersOptions } from "./strangers-scenario.ts";
import { verdictOf, type Verdict } from "./strangers-verdict.ts";

/** Honest wallets, alone or beside strangers. */
export interface HonestPhase extends HonestWaits {
  readonly load: LoadFigures;
}

export interface StrangersFigures extends SteadyFaults {
  readonly options: StrangersOptions;
  readonly natsServer: string;
  readonly quiet: HonestPhase;
  readonly hostile: HonestPhase;
  readonly strangers: Tally;
  readonly payments: number;
  /** The most that the edge had of this machine, and that its channels held; 0: it cannot be read here. */
  readonly residentBytes: number;
  readonly heldBytes: number;
  readonly looks: number;
  readonly unready: number;
  /** How often the edge ended by itself. */
  readonly ownEnds: number;
  /** What it logged as an error. */
  readonly errorsLogged: readonly string[];
  readonly before: LeakCounters;
  readonly after: LeakCounters;
  readonly leftOver: readonly string[];
}

export interface StrangersReport extends StrangersFigures {
  readonly verdict: Verdict;
}

/** What a broken edge leaves over stays: long enough to be sure. */
const sabotagedSettleMs = 5_000;
const progressEveryMs = 10_000;
const { checks } = strangersScenario;

/** Honest wallets alone, then beside all strangers at once, then no load: what is left over, and what honest wallets felt. */
export const besideStrangers = scenario({
  system: ({ dir, options, onProgress }: Run<StrangersOptions>) =>
    startStrangersSystem(dir, options.sabotage, onProgress),
  workload: ({ dir, options: { rate } }, system) => new StrangersLoad(dir, system, rate),
  async faults({ options: { minutes, seed, rate, sabotage }, onProgress }, system, load) {
    const hostileMs = minutes * 60_000;
    const warmUpMs = partOf(hostileMs, strangersScenario.warmUp);
    onProgress(`warming up for ${seconds(warmUpMs)}, strangers included`);
    const [first, warmUp] = [load.letIn(seed + 1), await load.honest("warm-up", warmUpMs)];
    await warmUp.done();
    await first.leave();

    const quietMs = partOf(hostileMs, strangersScenario.quiet);
    onProgress(`${String(rate)} honest payments a second alone for ${seconds(quietMs)}`);
    const quiet = await load.honest("quiet", quietMs);
    const quietLoad = await measured(system, quiet, quietMs, () => undefined);
    onProgress("waiting for the node to be at rest");
    const before = await readLeakCounters(system.counted());

    onProgress(`the same beside strangers for ${seconds(hostileMs)}`);
    const watch = new NodeWatch(system.counted().httpUrl, system.counted().pid);
    const strangers = load.letIn(seed);
    const hostile = await load.honest("honest", hostileMs);
    const report = (): void => {
      const rounds = Object.values(strangers.tally.rounds).reduce((sum, count) => sum + count, 0);
      onProgress(
        `${String(hostile.payments)} payments, ${String(rounds)} strangers, edge ${mib(watch.residentBytes)}, holding ${mib(watch.heldBytes)} at most`,
      );
    };
    const hostileLoad = await measured(system, hostile, hostileMs, report, strangers.pid);
    await strangers.leave();
    await watch.stop();

    onProgress("all have left; waiting until nothing of them is left over");
    const settleMs = sabotage === null ? checks.settleWithinMs : sabotagedSettleMs;
    const after = await settledLeakCounters(system.counted(), before, settleMs);
    return { warmUp, quiet, quietLoad, hostile, hostileLoad, strangers, watch, before, after };
  },
  async figures({ options, onProgress }, system, _load, { warmUp, quiet, hostile, watch, before, after, ...seen }) {
    onProgress("reading the log of the honest channels");
    const all = [warmUp, quiet, hostile];
    const channelIds = all.flatMap((each) => each.channelIds);
    const history = await historyOf(
      await readChannels(system.logPlace, channelIds),
      all.map(({ recordFile }) => recordFile),
    );
    const figures: StrangersFigures = {
      options,
      natsServer: system.brokers.version,
      quiet: { ...honestWaits(await readRecords(quiet.recordFile)), load: seen.quietLoad },
      hostile: { ...honestWaits(await readRecords(hostile.recordFile)), load: seen.hostileLoad },
      strangers: seen.strangers.tally,
      payments: channelIds.length,
      ...judgeSteady(history, channelIds, checks.history),
      residentBytes: watch.residentBytes,
      heldBytes: watch.heldBytes,
      looks: watch.looks,
      unready: watch.unready,
      ownEnds: system.edge.ownEnds,
      errorsLogged: await errorsLogged(system.logFile),
      before,
      after,
      leftOver: leftOver(before, after),
    };
    return { ...figures, verdict: verdictOf(figures) } satisfies StrangersReport;
  },
  checks: ({ verdict }: StrangersReport) => verdict.outcome,
  expects: ({ sabotage }) => (sabotage === null ? "kept" : "broken"),
  text: strangersText,
});

async function measured(
  { edge, brokers }: StrangersSystem,
  honest: SteadyWallets,
  ms: number,
  report: () => void,
  strangersPid?: number,
): Promise<LoadFigures> {
  const pids = { edge: edge.pid ?? 0, broker: brokers.brokers[0]?.pid ?? 0 };
  const meter = new LoadMeter(strangersPid === undefined ? pids : { ...pids, strangers: strangersPid });
  const reporting = setInterval(report, progressEveryMs);
  try {
    await delay(ms);
    const load = meter.figures(honest);
    await honest.done();
    return load;
  } finally {
    clearInterval(reporting);
  }
}

function partOf(ms: number, { part, leastMs, mostMs }: { part: number; leastMs: number; mostMs: number }): number {
  return Math.min(mostMs, Math.max(leastMs, ms * part));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(0)} s`;
}
