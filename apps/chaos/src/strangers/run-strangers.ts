import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { leftOver, readLeakCounters, settledLeakCounters, type LeakCounters } from "@p4/testkit/leak-counters";
import { readChannels } from "../campaign/read-channels.ts";
import { check } from "../checker/check.ts";
import type { Violation } from "../checker/history.ts";
import { unfinishedPayments, type UnfinishedPayment } from "../checker/unfinished-payments.ts";
import { readRecords } from "../wallets/recorder.ts";
import { startHonestLoad, type HonestLoad } from "./honest-load.ts";
import { errorsLogged } from "./errors-logged.ts";
import { LoadMeter, type LoadFigures } from "./load-meter.ts";
import { NodeWatch } from "./node-watch.ts";
import { startStrangersSystem, type StrangersSystem } from "./start-strangers-system.ts";
import type { StrangersSabotage } from "./strangers-sabotage.ts";
import { strangersScenario } from "./strangers-scenario.ts";
import { waitsOf, type HonestWaits } from "./honest-waits.ts";
import type { FromStrangers } from "./strangers-protocol.ts";

export interface StrangersOptions {
  /** How long strangers are there beside honest wallets. */
  readonly minutes: number;
  readonly seed: number;
  /** Honest payments that begin each second. */
  readonly rate: number;
  readonly sabotage: StrangersSabotage | null;
}

/** Honest wallets, alone or beside strangers. */
export interface HonestPhase extends HonestWaits {
  readonly load: LoadFigures;
}

export interface StrangersReport {
  readonly options: StrangersOptions;
  readonly natsServer: string;
  readonly quiet: HonestPhase;
  readonly hostile: HonestPhase;
  readonly strangers: Omit<FromStrangers, "type">;
  readonly payments: number;
  readonly failedPayments: readonly UnfinishedPayment[];
  readonly violations: readonly Violation[];
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

const { system: plan, checks } = strangersScenario;
/** What a broken edge leaves over stays: long enough to be sure. */
const sabotagedSettleMs = 5_000;
const progressEveryMs = 10_000;
const limits = { lateAfterMs: 30_000, expiryGraceMs: 15_000 };

/** Honest wallets alone, then beside all strangers at once, then no load: what is left over, and what honest wallets felt. */
export async function runStrangers(
  options: StrangersOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<StrangersReport> {
  const { minutes, seed, rate, sabotage } = options;
  const hostileMs = minutes * 60_000;
  onProgress("starting one broker and one edge of little memory");
  const started = await startStrangersSystem(dir, sabotage, onProgress);
  const ending: { kill(): void }[] = [];
  const honest = async (name: string, ms: number): Promise<HonestLoad> => {
    const load = await startHonestLoad(name, dir, started.edgeUrl, { rate, seconds: ms / 1_000 });
    ending.push(load.wallets);
    return load;
  };
  const letIn = (ownSeed: number) => {
    const strangers = started.letIn(ownSeed);
    ending.push(strangers);
    return strangers;
  };
  try {
    const warmUpMs = partOf(hostileMs, strangersScenario.warmUp);
    onProgress(`warming up for ${seconds(warmUpMs)}, strangers included`);
    const [first, warmUp] = [letIn(seed + 1), await honest("warm-up", warmUpMs)];
    await warmUp.wallets.done();
    await first.leave();

    const quietMs = partOf(hostileMs, strangersScenario.quiet);
    onProgress(`${String(rate)} honest payments a second alone for ${seconds(quietMs)}`);
    const quiet = await measured(started, await honest("quiet", quietMs), quietMs, () => undefined);
    onProgress("waiting for the node to be at rest");
    const before = await readLeakCounters(started.counted());

    onProgress(`the same beside strangers for ${seconds(hostileMs)}`);
    const watch = new NodeWatch(started.counted().httpUrl, started.counted().pid);
    const strangers = letIn(seed);
    const load = await honest("honest", hostileMs);
    const report = (): void => {
      const rounds = Object.values(strangers.tally.rounds).reduce((sum, count) => sum + count, 0);
      onProgress(
        `${String(load.wallets.payments)} payments, ${String(rounds)} strangers, edge ${mib(watch.residentBytes)}, holding ${mib(watch.heldBytes)} at most`,
      );
    };
    const hostile = await measured(started, load, hostileMs, report, strangers.pid);
    await strangers.leave();
    await watch.stop();

    onProgress("all have left; waiting until nothing of them is left over");
    const after = await settledLeakCounters(
      started.counted(),
      before,
      sabotage === null ? checks.settleWithinMs : sabotagedSettleMs,
    );
    onProgress("reading the log of the honest channels");
    const loads = [warmUp, quiet.honest, load];
    const channelIds = loads.flatMap((each) => each.channelIds);
    const log = await readChannels(started.system.natsUrl, channelIds, { shards: plan.shards, replicas: plan.brokers });
    const records = await Promise.all(loads.map(({ recordFile }) => readRecords(recordFile)));
    const history = { log, records: records.flat(), readAtMs: Date.now() };
    return {
      options,
      natsServer: started.system.brokers.version,
      quiet: { ...waitsOf(records[1] ?? []), load: quiet.load },
      hostile: { ...waitsOf(records[2] ?? []), load: hostile.load },
      strangers: strangers.tally,
      payments: channelIds.length,
      failedPayments: unfinishedPayments(history, channelIds),
      violations: check(history, limits, sha256Hex),
      residentBytes: watch.residentBytes,
      heldBytes: watch.heldBytes,
      looks: watch.looks,
      unready: watch.unready,
      ownEnds: started.edge.ownEnds,
      errorsLogged: await errorsLogged(started.logFile),
      before,
      after,
      leftOver: leftOver(before, after),
    };
  } finally {
    for (const each of ending) each.kill();
    await started.system.stop();
  }
}

async function measured(
  { edge, system }: StrangersSystem,
  honest: HonestLoad,
  ms: number,
  report: () => void,
  strangersPid?: number,
): Promise<{ readonly honest: HonestLoad; readonly load: LoadFigures }> {
  const pids = { edge: edge.pid ?? 0, broker: system.brokers.brokers[0]?.pid ?? 0 };
  const meter = new LoadMeter(strangersPid === undefined ? pids : { ...pids, strangers: strangersPid });
  const reporting = setInterval(report, progressEveryMs);
  try {
    await delay(ms);
    const load = meter.figures(honest.wallets);
    await honest.wallets.done();
    return { honest, load };
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

function mib(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(0)} MiB`;
}
