import { setTimeout as delay } from "node:timers/promises";
import type { Figures } from "./figures.ts";
import { payment } from "./loads.ts";
import type { Contender } from "./scenario.ts";
import type { Subject } from "./subjects.ts";
import { latencyFigures, startMeasuring } from "./under-load.ts";

export interface OpenLoopOptions {
  /** Whole payments asked for, whatever has become of those before. */
  readonly perSecond: number;
  readonly forMs: number;
  /** What takes longer is not done: the payer has given up. Default 2 s. */
  readonly inTimeMs?: number;
  /** What is late by then may be in the way of what is measured next. Default 5 s. */
  readonly drainMs?: number;
}

/** Payments at a rate that nothing slows, each on a new channel: how many are done in time, refused at the door, or lost. */
export function openLoop(subject: Subject, options: OpenLoopOptions): Contender {
  const name = `${subject.name}, ${String(options.perSecond)}/s asked`;
  return { name, measure: (prefix) => measure(subject, options, prefix) };
}

async function measure(subject: Subject, options: OpenLoopOptions, prefix: string): Promise<Figures> {
  const { perSecond, forMs, inTimeMs = 2_000, drainMs = 5_000 } = options;
  const asked = Math.round((perSecond * forMs) / 1000);
  const seconds = asked / perSecond;
  const latencies: number[] = [];
  let [refused, failed, lateMs] = [0, 0, 0];
  const measuring = startMeasuring(subject);
  const startedMs = performance.now();
  const all: Promise<void>[] = [];
  const ask = async (index: number, dueMs: number): Promise<void> => {
    let isIn = false;
    const given = new AbortController();
    const inTime = payment({ subject, prefix: `${prefix}${String(perSecond)}-` }, index, () => (isIn = true));
    all.push(inTime);
    const outcome = await Promise.race([
      inTime.then(
        () => "done",
        () => (isIn ? "failed" : "refused"),
      ),
      delay(inTimeMs, "failed", { signal: given.signal }),
    ]);
    given.abort();
    if (outcome === "done") latencies.push(performance.now() - dueMs);
    else if (outcome === "refused") refused++;
    else failed++;
  };
  const under: Promise<void>[] = [];
  for (let index = 0; index < asked;) {
    const dueMs = startedMs + (index * 1000) / perSecond;
    const nowMs = performance.now();
    if (dueMs > nowMs) {
      await delay(dueMs - nowMs);
      continue;
    }
    lateMs = Math.max(lateMs, nowMs - dueMs);
    under.push(ask(index++, dueMs));
  }
  await Promise.all(under);
  const measured = measuring.end(latencies.length);
  await Promise.race([Promise.allSettled(all), delay(drainMs, undefined, { ref: false })]);
  return {
    ...measured,
    perSecond: latencies.length / seconds,
    askedPerSecond: perSecond,
    refusedPerSecond: refused / seconds,
    failedPerSecond: failed / seconds,
    ...(latencies.length === 0 ? {} : latencyFigures(latencies)),
    generatorLateMs: lateMs,
  };
}
