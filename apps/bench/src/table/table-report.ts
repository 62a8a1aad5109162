import { figure, table } from "../report.ts";
import { figureNames, type FigureName, type Spread } from "./figures.ts";
import { busyGenerator, lateGeneratorMs, type Verdict } from "./goals.ts";
import type { Row, ScenarioResult } from "./scenario.ts";

/** A run, as `--json` has it. */
export interface TableResult {
  /** ISO 8601. */
  readonly measuredAt: string;
  /** Of this build; with a + when files have been changed since. */
  readonly commit: string;
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  readonly broker: string;
  /** Of the last minute, before the run and after it. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly rounds: number;
  readonly full: boolean;
  readonly elapsedSeconds: number;
  readonly scenarios: readonly ScenarioResult[];
  readonly verdicts: readonly Verdict[];
}

const heads: Readonly<Record<FigureName, (unit: string) => string>> = {
  perSecond: (unit) => `${unit}s/s`,
  askedPerSecond: () => "asked/s",
  refusedPerSecond: () => "refused/s",
  failedPerSecond: () => "failed/s",
  p50Ms: () => "p50 ms",
  p99Ms: () => "p99 ms",
  serverCpuMicros: (unit) => `server us/${unit}`,
  brokerCpuMicros: (unit) => `broker us/${unit}`,
  serverKbPerSocket: () => "server KB/socket",
  brokerKbPerSocket: () => "broker KB/socket",
  brokerKbPerSubject: () => "broker KB/subject",
  storedBytes: (unit) => `bytes/${unit}`,
  generatorCores: () => "generator cores",
  generatorLateMs: () => "asked late ms",
};

/** These are shown with the lowest and the highest round. */
const spreadNames: readonly FigureName[] = ["perSecond", "serverCpuMicros"];

export function tableText(result: TableResult): string {
  const { cores, processor, node, broker, loadBefore, loadAfter, rounds, commit, elapsedSeconds } = result;
  const parts = result.scenarios.map((scenario) => scenarioText(scenario, result.verdicts));
  const met = result.verdicts.filter((verdict) => verdict.met === true).length;
  parts.push(
    `${String(met)} of ${String(result.verdicts.length)} goals met. Commit ${commit}, Node ${node}, nats-server ${broker}, ` +
      `${String(cores)} cores (${processor}), load ${figure(loadBefore)} before and ${figure(loadAfter)} after,\n` +
      `medians of ${String(rounds)} rounds in turns (lowest to highest), ${elapsedSeconds.toFixed(0)} s in all. ` +
      "The ratios travel, the absolute figures do not.",
  );
  return parts.join("\n\n");
}

function scenarioText({ name, title, unit, rows, skipped }: ScenarioResult, verdicts: readonly Verdict[]): string {
  const columns = figureNames.filter((figureName) => rows.some(({ figures }) => figures[figureName] !== undefined));
  const lines = rows.map((row) => [row.subject, ...columns.map((column) => cell(row, column))]);
  const [own, ...others] = rows;
  // Where the first line is no build under the same load as the others, a ratio to it says nothing.
  const ratios = own?.subject === "this build" ? others.map((other) => ratioOf(own, other, columns)) : [];
  return [
    `${name}: ${title}`,
    table(["", ...columns.map((column) => heads[column](unit))], [...lines, ...ratios]),
    ...rows.flatMap(({ subject, versions }) => (versions === undefined ? [] : [`${subject}: ${versions}`])),
    ...skipped.map(({ subject, reason }) => `${subject}: skipped, ${reason}`),
    ...verdicts.filter(({ scenario }) => scenario === name).map(verdictText),
  ].join("\n");
}

function cell({ figures }: Row, column: FigureName): string {
  const value = figures[column];
  if (value === undefined) return "";
  if (spreadNames.includes(column)) return spread(value);
  const limit =
    (column === "generatorCores" && value.median > busyGenerator) ||
    (column === "generatorLateMs" && value.median > lateGeneratorMs);
  return figure(value.median) + (limit ? " (its limit)" : "");
}

function ratioOf(own: Row, other: Row, columns: readonly FigureName[]): string[] {
  const times = (column: FigureName): string => {
    const [left, right] = [own.figures[column]?.median, other.figures[column]?.median];
    const isOwn = column.startsWith("generator") || left === undefined || right === undefined || right === 0;
    return isOwn ? "" : `${figure(left / right)}x`;
  };
  return [`against ${other.subject}`, ...columns.map(times)];
}

/** `goal: rate against Socket.IO >= 1.00x: 0.33x, missed by 3.03x` */
export function verdictText(verdict: Verdict): string {
  const { what, unit, goal, atLeast, generatorLimited } = verdict;
  const limited = generatorLimited ? " (the load generator was the limit)" : "";
  return `goal: ${what} ${atLeast ? ">=" : "<="} ${figure(goal)}${unit}: ${outcome(verdict)}${limited}`;
}

/** `0.33x, missed by 3.03x` */
export function outcome({ unit, goal, atLeast, value, met }: Verdict): string {
  if (value === null) return "not measured";
  if (met === true) return `${figure(value)}${unit}, met`;
  const by = goal === 0 || value === 0 ? "" : ` by ${figure(atLeast ? goal / value : value / goal)}x`;
  return `${figure(value)}${unit}, missed${by}`;
}

const spread = ({ median, lowest, highest }: Spread): string =>
  `${figure(median)} (${figure(lowest)} to ${figure(highest)})`;
