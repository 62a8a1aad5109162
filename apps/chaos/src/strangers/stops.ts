import { setTimeout as delay } from "node:timers/promises";
import { historyOf, readChannels } from "../campaign/read-log.ts";
import { keptLines, violationLines } from "../campaign/report-text.ts";
import type { Violation } from "../checker/history.ts";
import { seededRandom } from "../nemesis/random.ts";
import { scenario, type Run } from "../scenario.ts";
import { judgeSteady } from "../steady/judge-steady.ts";
import type { ProcessEnd } from "../system/app-process.ts";
import { startStrangersSystem, StrangersLoad } from "./start-strangers-system.ts";
import { strangersScenario, type StopsOptions } from "./strangers-scenario.ts";

export interface Stop {
  /** From SIGTERM until the process was gone. */
  readonly ms: number;
  readonly end: ProcessEnd;
  /** For how long strangers were there before the signal. */
  readonly attackedForMs: number;
}

export interface StopsReport {
  readonly options: StopsOptions;
  readonly stops: readonly Stop[];
  readonly payments: number;
  /** Without another edge to go on at, a wallet may be out of patience before this one is back. */
  readonly unfinished: number;
  readonly violations: readonly Violation[];
}

/** Strangers and honest wallets are there for so long before the signal. */
const [leastMs, mostMs] = [3_000, 9_000];
const readyWithinMs = 60_000;

/** SIGTERM in the middle of what strangers do, again and again; the edge is restarted after each. */
export const stops = scenario({
  system: ({ dir, onProgress }: Run<StopsOptions>) => startStrangersSystem(dir, null, onProgress),
  workload: ({ dir, options: { rate } }, system) => new StrangersLoad(dir, system, rate),
  async faults({ options: { sigterm, seed }, onProgress }, { edge }, load) {
    const random = seededRandom(seed);
    const moments = Array.from({ length: sigterm }, () => leastMs + Math.floor(random() * (mostMs - leastMs)));
    const strangers = load.letIn(seed);
    const totalMs = moments.reduce((sum, ms) => sum + ms, 0);
    const honest = await load.honest("honest", totalMs);
    const ended: Stop[] = [];
    for (const attackedForMs of moments) {
      await delay(attackedForMs);
      const { ms, end } = await edge.stopTimed();
      ended.push({ ms, end, attackedForMs });
      onProgress(`stop ${String(ended.length)} of ${String(sigterm)}: ${String(ms)} ms, ${endText(end)}`);
      await edge.start();
      await edge.ready(readyWithinMs);
    }
    await strangers.leave();
    await honest.done();
    return { ended, honest };
  },
  async figures({ options }, { logPlace }, _load, { ended, honest: { channelIds, recordFile } }) {
    const history = await historyOf(await readChannels(logPlace, channelIds), [recordFile]);
    const { failedPayments, violations } = judgeSteady(history, channelIds, strangersScenario.checks.history);
    return {
      options,
      stops: ended,
      payments: channelIds.length,
      unfinished: failedPayments.length,
      violations: violations.filter(({ code }) => code !== "WAITED_FOR_EVER"),
    } satisfies StopsReport;
  },
  checks: (report: StopsReport) => (brokenStops(report).length === 0 ? "kept" : "broken"),
  text: stopsText,
});

/** Each promise that was not kept, in a line. */
export function brokenStops({ stops: ended, violations }: StopsReport): string[] {
  const { stopWithinMs } = strangersScenario.checks;
  const late = ended.filter(({ ms, end }) => ms > stopWithinMs || end.signal !== null);
  const unclean = ended.filter(({ end }) => end.code !== 0);
  return [
    ...(late.length === 0 ? [] : [`${String(late.length)} stops took longer than ${String(stopWithinMs)} ms`]),
    ...(unclean.length === 0 ? [] : [`${String(unclean.length)} stops left something behind (exit code not 0)`]),
    ...(violations.length === 0 ? [] : [`${String(violations.length)} violations were found in log and records`]),
  ];
}

export function stopsText(report: StopsReport): string {
  const { stops: ended, payments, unfinished, violations } = report;
  return [
    `${String(ended.length)} stops in the middle of what strangers do`,
    ...ended.map(
      ({ ms, end, attackedForMs }) =>
        `    after ${(attackedForMs / 1_000).toFixed(1)} s of it: ended within ${String(ms)} ms, ${endText(end)}`,
    ),
    `honest payments           ${String(payments)}, out of patience while the edge was away ${String(unfinished)}`,
    ...violationLines(violations),
    ...keptLines(brokenStops(report)),
  ].join("\n");
}

function endText({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${String(code)}` : `killed by ${signal}`;
}
