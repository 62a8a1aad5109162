import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, repositoryNatsConf, startNatsServer } from "@p4/nats-server";
import { runFlows, type FlowFigures } from "./flow-client.ts";
import { cpuMsOf, startServerProcess } from "./server-process.ts";
import { median, percentile } from "./statistics.ts";

export interface RelayScenarioOptions {
  readonly channels: number;
  readonly concurrency: number;
  readonly bodyBytes: number;
  /** Each side runs so often, in turns, so that a noisy moment does not fall on one side alone. */
  readonly rounds: number;
  readonly onProgress: (text: string) => void;
}

/** Medians over the rounds. Rates are per second, CPU is of the server's process alone. */
export interface RelayResult {
  readonly system: string;
  readonly messagesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicrosPerMessage: number;
  readonly brokerCpuMicrosPerMessage: number | null;
}

interface Subject {
  readonly system: string;
  readonly port: number;
  readonly pid: number;
  readonly brokerPid: number | null;
}

/** The four-message flow over many channels: this system against a relay in memory, in one run. */
export async function relayScenario(options: RelayScenarioOptions): Promise<RelayResult[]> {
  const storeDir = await mkdtemp(join(tmpdir(), "p4-bench-"));
  const { path } = await findNatsServer({ env: process.env, onProgress: options.onProgress });
  const broker = await startNatsServer({ binary: path, storeDir, configFile: repositoryNatsConf });
  const edge = await startServerProcess("./edge-server.js", [broker.url]);
  const relay = await startServerProcess("./relay-server.js");
  try {
    const subjects: Subject[] = [
      { system: "this system", port: edge.port, pid: edge.pid, brokerPid: broker.pid ?? null },
      { system: "relay in memory", port: relay.port, pid: relay.pid, brokerPid: null },
    ];
    for (const subject of subjects) await runFlows({ ...options, port: subject.port, channels: 200, prefix: "warm" });
    const rounds = new Map<Subject, Round[]>(subjects.map((subject) => [subject, []]));
    for (let round = 0; round < options.rounds; round++) {
      for (const subject of subjects) {
        options.onProgress(`round ${String(round + 1)} of ${String(options.rounds)}: ${subject.system}`);
        rounds.get(subject)?.push(await measure(subject, options, `r${String(round)}-`));
      }
    }
    return subjects.map((subject) => summarise(subject, rounds.get(subject) ?? []));
  } finally {
    await edge.stop();
    await relay.stop();
    await broker.stop();
    await rm(storeDir, { recursive: true, force: true });
  }
}

interface Round {
  readonly figures: FlowFigures;
  readonly cpuMs: number;
  readonly brokerCpuMs: number;
}

/** CPU covers the joins as well: they are part of what a payment costs. */
async function measure(subject: Subject, options: RelayScenarioOptions, prefix: string): Promise<Round> {
  const cpuBefore = cpuMsOf(subject.pid);
  const brokerBefore = subject.brokerPid === null ? 0 : cpuMsOf(subject.brokerPid);
  const figures = await runFlows({ ...options, port: subject.port, prefix });
  const brokerCpuMs = subject.brokerPid === null ? 0 : cpuMsOf(subject.brokerPid) - brokerBefore;
  return { figures, cpuMs: cpuMsOf(subject.pid) - cpuBefore, brokerCpuMs };
}

function summarise(subject: Subject, rounds: readonly Round[]): RelayResult {
  const of = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return {
    system: subject.system,
    messagesPerSecond: of(({ figures }) => (figures.messages / figures.elapsedMs) * 1000),
    p50Ms: of(({ figures }) => percentile(figures.relayMs, 0.5)),
    p99Ms: of(({ figures }) => percentile(figures.relayMs, 0.99)),
    cpuMicrosPerMessage: of(({ cpuMs, figures }) => (cpuMs * 1000) / figures.messages),
    brokerCpuMicrosPerMessage:
      subject.brokerPid === null ? null : of(({ brokerCpuMs, figures }) => (brokerCpuMs * 1000) / figures.messages),
  };
}
