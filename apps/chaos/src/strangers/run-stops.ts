import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { readChannels } from "../campaign/read-channels.ts";
import { violationLines } from "../campaign/report-text.ts";
import { check } from "../checker/check.ts";
import type { Violation } from "../checker/history.ts";
import { unfinishedPayments } from "../checker/unfinished-payments.ts";
import { seededRandom } from "../nemesis/random.ts";
import type { ProcessEnd } from "../system/app-process.ts";
import { readRecords } from "../wallets/recorder.ts";
import { startHonestLoad } from "./honest-load.ts";
import { startStrangersSystem } from "./start-strangers-system.ts";
import { strangersScenario } from "./strangers-scenario.ts";

export interface StopsOptions {
  /** How often the edge is told to stop. */
  readonly sigterm: number;
  readonly seed: number;
  readonly rate: number;
}

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
const limits = { lateAfterMs: 30_000, expiryGraceMs: 15_000 };

/** SIGTERM in the middle of what strangers do, again and again; the edge is restarted after each. */
export async function runStops(
  options: StopsOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<StopsReport> {
  const { sigterm, seed, rate } = options;
  const random = seededRandom(seed);
  const moments = Array.from({ length: sigterm }, () => leastMs + Math.floor(random() * (mostMs - leastMs)));
  onProgress("starting one broker and one edge of little memory");
  const started = await startStrangersSystem(dir, null, onProgress);
  const { shards, brokers } = strangersScenario.system;
  const seconds = moments.reduce((sum, ms) => sum + ms, 0) / 1_000;
  const strangers = started.letIn(seed);
  const honest = await startHonestLoad("honest", dir, started.edgeUrl, { rate, seconds });
  const stops: Stop[] = [];
  try {
    for (const attackedForMs of moments) {
      await delay(attackedForMs);
      const beganMs = performance.now();
      await started.edge.stop();
      const ms = Math.round(performance.now() - beganMs);
      const end = started.edge.lastEnd ?? { code: null, signal: null };
      stops.push({ ms, end, attackedForMs });
      onProgress(`stop ${String(stops.length)} of ${String(sigterm)}: ${String(ms)} ms, ${endText(end)}`);
      await started.edge.start();
      await started.edge.ready(readyWithinMs);
    }
    await strangers.leave();
    await honest.wallets.done();
    const log = await readChannels(started.system.natsUrl, honest.channelIds, { shards, replicas: brokers });
    const history = { log, records: await readRecords(honest.recordFile), readAtMs: Date.now() };
    const { channelIds } = honest;
    return {
      options,
      stops,
      payments: channelIds.length,
      unfinished: unfinishedPayments(history, channelIds).length,
      violations: check(history, limits, sha256Hex).filter(({ code }) => code !== "WAITED_FOR_EVER"),
    };
  } finally {
    strangers.kill();
    honest.wallets.kill();
    await started.system.stop();
  }
}

/** Each promise that was not kept, in a line. */
export function brokenStops({ stops, violations }: StopsReport): string[] {
  const { stopWithinMs } = strangersScenario.checks;
  const late = stops.filter(({ ms, end }) => ms > stopWithinMs || end.signal !== null);
  const unclean = stops.filter(({ end }) => end.code !== 0);
  return [
    ...(late.length === 0 ? [] : [`${String(late.length)} stops took longer than ${String(stopWithinMs)} ms`]),
    ...(unclean.length === 0 ? [] : [`${String(unclean.length)} stops left something behind (exit code not 0)`]),
    ...(violations.length === 0 ? [] : [`${String(violations.length)} violations were found in log and records`]),
  ];
}

export function stopsText(report: StopsReport): string {
  const { stops, payments, unfinished, violations } = report;
  const broken = brokenStops(report);
  return [
    `${String(stops.length)} stops in the middle of what strangers do`,
    ...stops.map(
      ({ ms, end, attackedForMs }) =>
        `    after ${(attackedForMs / 1_000).toFixed(1)} s of it: ended within ${String(ms)} ms, ${endText(end)}`,
    ),
    `honest payments           ${String(payments)}, out of patience while the edge was away ${String(unfinished)}`,
    `violations                ${String(violations.length)}`,
    ...violationLines(violations),
    broken.length === 0 ? "every promise was kept" : "NOT KEPT",
    ...broken.map((line) => `    ${line}`),
  ].join("\n");
}

function endText({ code, signal }: ProcessEnd): string {
  return signal === null ? `exit code ${String(code)}` : `killed by ${signal}`;
}
