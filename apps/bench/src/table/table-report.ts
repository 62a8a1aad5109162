import { figure, table } from "../report.ts";
import type { BoundResult } from "./broker-bound.ts";
import type { ReplayResult } from "./cold-replay.ts";
import type { Row, Spread } from "./measure.ts";

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

export interface TableResult {
  readonly cores: number;
  /** Of the last minute, before the run and after it. */
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly rounds: number;
  readonly scenarios: readonly ScenarioResult[];
  readonly bounds: readonly BoundResult[];
  readonly replay: readonly ReplayResult[];
}

/** More than this share of a core, and the load generator may be what limits the rate. */
const busyGenerator = 0.85;

export function tableText(result: TableResult): string {
  const { cores, loadBefore, loadAfter, rounds } = result;
  const parts = result.scenarios.map(scenarioText);
  if (result.bounds.length > 0) parts.push(boundText(result.bounds));
  if (result.replay.length > 0) parts.push(replayText(result.replay));
  parts.push(
    `${String(cores)} cores, load ${figure(loadBefore)} before and ${figure(loadAfter)} after, medians of ${String(rounds)}` +
      " rounds in turns (lowest to highest). The ratios travel, the absolute figures do not.",
  );
  return parts.join("\n\n");
}

function scenarioText({ title, unit, rows }: ScenarioResult): string {
  const head = ["", `${unit}s/s`, "p50 ms", "p99 ms", `server us/${unit}`, `broker us/${unit}`, "generator cores"];
  const lines = rows.map((row) => [
    row.subject,
    spread(row.perSecond),
    figure(row.p50Ms),
    figure(row.p99Ms),
    spread(row.serverCpuMicros),
    figure(row.brokerCpuMicros),
    figure(row.generatorCores) + (row.generatorCores > busyGenerator ? " (its limit)" : ""),
  ]);
  const [own, ...others] = rows;
  const ratios = own === undefined ? [] : others.map((other) => ratioOf(own, other));
  return [title, table(head, [...lines, ...ratios])].join("\n");
}

function ratioOf(own: Row, other: Row): string[] {
  const times = (left: number, right: number | null): string =>
    right === null || right === 0 ? "" : `${figure(left / right)}x`;
  return [
    `against ${other.subject}`,
    times(own.perSecond.median, other.perSecond.median),
    times(own.p50Ms, other.p50Ms),
    times(own.p99Ms, other.p99Ms),
    times(own.serverCpuMicros.median, other.serverCpuMicros.median),
    own.brokerCpuMicros === null ? "" : times(own.brokerCpuMicros, other.brokerCpuMicros),
    "",
  ];
}

function boundText(bounds: readonly BoundResult[]): string {
  const rows = bounds.map(({ streams, inFlight, batch, appendsPerSecond, p50Ms }) => [
    batch === 1 ? "single appends" : `atomic batches of ${String(batch)}`,
    String(streams),
    String(inFlight),
    figure(appendsPerSecond),
    figure(p50Ms),
  ]);
  return `What the broker stores for a bare client, each event synced to disk\n${table(["", "streams", "in flight", "appends/s", "p50 ms"], rows)}`;
}

function replayText(replay: readonly ReplayResult[]): string {
  const rows = replay.map(({ name, channelsPerSecond, parsesPerSecond }) => [
    name,
    figure(channelsPerSecond),
    `${figure(channelsPerSecond / parsesPerSecond)}x`,
  ]);
  return `Recorded channels folded from their texts, one core\n${table(["", "channels/s", "of JSON.parse alone"], rows)}`;
}

const spread = ({ median, lowest, highest }: Spread): string =>
  `${figure(median)} (${figure(lowest)} to ${figure(highest)})`;
