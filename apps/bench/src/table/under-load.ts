import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cpuMsOf, treeCpuMsOf } from "../server-process.ts";
import { percentile } from "../statistics.ts";
import type { Figures } from "./figures.ts";
import type { Load } from "./loads.ts";
import type { Contender } from "./scenario.ts";
import type { Subject } from "./subjects.ts";

/** A load that is the same for every server. */
export function underLoad(subject: Subject, load: Load): Contender {
  const { name, versions } = subject;
  return {
    name,
    ...(versions === undefined ? {} : { versions }),
    measure: (prefix) => measure(subject, load, prefix),
  };
}

async function measure(subject: Subject, load: Load, prefix: string): Promise<Figures> {
  let figures: Figures = {};
  await load({ subject, prefix }, async (work) => {
    const latencies: number[] = [];
    const storedBefore = storedBytesOf(subject);
    const measuring = startMeasuring(subject);
    await unlessStalled(latencies, () => work((latencyMs) => void latencies.push(latencyMs)));
    const measured = measuring.end(latencies.length);
    const storedBytes = (storedBytesOf(subject) - storedBefore) / latencies.length;
    figures = { ...measured, ...latencyFigures(latencies), ...(subject.storeDir === undefined ? {} : { storedBytes }) };
  });
  return figures;
}

function storedBytesOf({ storeDir }: Subject): number {
  if (storeDir === undefined) return 0;
  const entries = readdirSync(storeDir, { recursive: true, withFileTypes: true });
  // What goes between the two looks, such as a snapshot that was replaced, is no longer stored.
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return entries.reduce((sum, entry) => (entry.isFile() ? sum + sizeOf(join(entry.parentPath, entry.name)) : sum), 0);
}

export function latencyFigures(latencies: readonly number[]): Pick<Figures, "p50Ms" | "p99Ms"> {
  const samples = Float64Array.from(latencies);
  return { p50Ms: percentile(samples, 0.5), p99Ms: percentile(samples, 0.99) };
}

/** Counts CPU and time from now on. */
export function startMeasuring({ pid, brokerPid }: { readonly pid: number | null; readonly brokerPid: number | null }) {
  const before = { server: pid === null ? 0 : cpuMsOf(pid), broker: brokerPid === null ? 0 : treeCpuMsOf(brokerPid) };
  const own = process.cpuUsage();
  const startedMs = performance.now();
  return {
    /** @param operations that were done meanwhile */
    end(operations: number): Figures {
      const elapsedMs = performance.now() - startedMs;
      const { user, system } = process.cpuUsage(own);
      const each = (ms: number): number => (ms * 1000) / operations;
      return {
        perSecond: (operations * 1000) / elapsedMs,
        ...(pid === null ? {} : { serverCpuMicros: each(cpuMsOf(pid) - before.server) }),
        ...(brokerPid === null ? {} : { brokerCpuMicros: each(treeCpuMsOf(brokerPid) - before.broker) }),
        generatorCores: (user + system) / 1000 / elapsedMs,
      };
    },
  };
}

const stallMs = 20_000;

/** What never arrives must end the run with a word, not hang it. */
async function unlessStalled(done: readonly unknown[], work: () => Promise<void>): Promise<void> {
  let watch: NodeJS.Timeout | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    let last = 0;
    watch = setInterval(() => {
      if (done.length === last) reject(new Error(`nothing arrived for ${String(stallMs)} ms, after ${String(last)}`));
      last = done.length;
    }, stallMs);
  });
  try {
    await Promise.race([work(), stalled]);
  } finally {
    clearInterval(watch);
  }
}
