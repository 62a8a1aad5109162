import { cpuMsOf } from "../server-process.ts";
import { median, percentile } from "../statistics.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subjects.ts";

/** Medians over the rounds, with the lowest and the highest where a ratio is made of them. */
export interface Row {
  readonly subject: string;
  readonly perSecond: Spread;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the server's process, for each operation. */
  readonly serverCpuMicros: Spread;
  readonly brokerCpuMicros: number | null;
  /** Of this process: the load generator's. Near 1 it is the limit, not the server. */
  readonly generatorCores: number;
}

export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly serverCpuMicros: number;
  readonly brokerCpuMicros: number | null;
  readonly generatorCores: number;
}

/** Each server in turn, so that a noisy moment does not fall on one alone. The first round warms up and is not counted. */
export async function measureScenario(
  scenario: Scenario,
  subjects: readonly Subject[],
  rounds: number,
  onProgress: (text: string) => void,
): Promise<Row[]> {
  const samples = new Map<Subject, Sample[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const subject of subjects) {
      onProgress(`${scenario.name}, ${round === 0 ? "warming up" : `round ${String(round)}`}: ${subject.name}`);
      const sample = await measureOnce(scenario, subject, `${scenario.name}-${String(round)}-`);
      if (round > 0) samples.get(subject)?.push(sample);
    }
  }
  return subjects.map((subject) => rowOf(subject, samples.get(subject) ?? []));
}

async function measureOnce(scenario: Scenario, subject: Subject, prefix: string): Promise<Sample> {
  const latencies: number[] = [];
  let sample: Omit<Sample, "p50Ms" | "p99Ms"> | undefined;
  await scenario.run({ port: subject.port, prefix }, async (work) => {
    const { pid, brokerPid } = subject;
    const [serverMs, brokerMs] = [cpuMsOf(pid), brokerPid === null ? 0 : cpuMsOf(brokerPid)];
    const own = process.cpuUsage();
    const startedMs = performance.now();
    await work((latencyMs) => latencies.push(latencyMs));
    const elapsedMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(own);
    const each = (ms: number): number => (ms * 1000) / latencies.length;
    sample = {
      perSecond: (latencies.length * 1000) / elapsedMs,
      serverCpuMicros: each(cpuMsOf(pid) - serverMs),
      brokerCpuMicros: brokerPid === null ? null : each(cpuMsOf(brokerPid) - brokerMs),
      generatorCores: (user + system) / 1000 / elapsedMs,
    };
  });
  if (sample === undefined) throw new Error(`${scenario.name} measured nothing`);
  const sorted = Float64Array.from(latencies);
  return { ...sample, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

function rowOf(subject: Subject, samples: readonly Sample[]): Row {
  const of = (pick: (sample: Sample) => number): number => median(samples.map(pick));
  return {
    subject: subject.name,
    perSecond: spreadOf(samples.map(({ perSecond }) => perSecond)),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
    serverCpuMicros: spreadOf(samples.map(({ serverCpuMicros }) => serverCpuMicros)),
    brokerCpuMicros: subject.brokerPid === null ? null : of(({ brokerCpuMicros }) => brokerCpuMicros ?? 0),
    generatorCores: of(({ generatorCores }) => generatorCores),
  };
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}
