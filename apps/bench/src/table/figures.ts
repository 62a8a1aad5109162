import { median } from "../statistics.ts";

/** What one round measures. What does not apply is left out. */
export interface Figures {
  /** Operations: messages, payments, joins, as the scenario counts them. */
  readonly perSecond?: number;
  /** Of an open loop: asked for, refused before joining, and neither done in time nor refused in time. */
  readonly askedPerSecond?: number;
  readonly refusedPerSecond?: number;
  readonly failedPerSecond?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** For each operation, of the server's process and of the broker's (or store's) processes. */
  readonly serverCpuMicros?: number;
  readonly brokerCpuMicros?: number;
  readonly serverKbPerSocket?: number;
  readonly brokerKbPerSocket?: number;
  /** Memory of the broker. */
  readonly brokerKbPerSubject?: number;
  /** That an operation leaves on the broker's disk. */
  readonly storedBytes?: number;
  /** Of this process: the load generator's. Near 1 it is the limit, not the server. */
  readonly generatorCores?: number;
  /** How late an open loop asked, at the most. */
  readonly generatorLateMs?: number;
}

export type FigureName = keyof Figures;

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export type Spreads = { readonly [Name in FigureName]?: Spread };

/** In the order of the table's columns. */
export const figureNames = [
  "perSecond",
  "askedPerSecond",
  "refusedPerSecond",
  "failedPerSecond",
  "p50Ms",
  "p99Ms",
  "serverCpuMicros",
  "brokerCpuMicros",
  "serverKbPerSocket",
  "brokerKbPerSocket",
  "brokerKbPerSubject",
  "storedBytes",
  "generatorCores",
  "generatorLateMs",
] as const satisfies readonly FigureName[];

/** Median, lowest and highest of each figure over the rounds. */
export function spreadsOf(rounds: readonly Figures[]): Spreads {
  const entries = figureNames.flatMap((name) => {
    const values = rounds.flatMap((round) => round[name] ?? []);
    return values.length === 0 ? [] : [[name, spreadOf(values)] as const];
  });
  return Object.fromEntries(entries);
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}
