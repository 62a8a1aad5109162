import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { withBroker, withEdge } from "./bench-edge.ts";
import type { AttackName, Tally } from "./attacks.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";
import { percentile } from "./statistics.ts";
import { SteadyLoad } from "./steady-load.ts";

export interface IdleOptions {
  /** Asked for; the limit of open files may give less. */
  readonly sockets: number;
  readonly forMs: number;
  readonly onProgress: (text: string) => void;
}

export interface IdleResult {
  readonly what: string;
  readonly sockets: number;
  /** What stopped it before the number that was asked for; null: nothing. */
  readonly stoppedBy: string | null;
  /** Of the edge's process alone; the kernel's buffers are not in it. */
  readonly bytesPerSocket: number;
  readonly quietP99Ms: number;
  readonly crowdedP99Ms: number;
}

const kinds = ["idle sockets", "idle sockets, 500 a channel"] as const satisfies readonly AttackName[];
/** The limits of an address are tested elsewhere: here all sockets come from a few. */
const settings = { P4_MAX_CONNECTIONS: "200000", P4_MAX_CONNECTIONS_PER_IP: "200000", P4_JOIN_RATE_PER_IP: "100000" };
/** What a process opens besides its sockets: the broker, logs, modules, the steady wallets. */
const reservedFiles = 300;

/** Sockets that join and do nothing, as many as the limit of open files allows in one edge. */
export function idleScenario(options: IdleOptions): Promise<IdleResult[]> {
  return withBroker(options.onProgress, async (natsUrl) => {
    const results: IdleResult[] = [];
    for (const what of kinds) results.push(await crowd(natsUrl, what, options));
    return results;
  });
}

function crowd(natsUrl: string, what: AttackName, options: IdleOptions): Promise<IdleResult> {
  const openFiles = openFilesLimit();
  const sockets = Math.min(options.sockets, openFiles - reservedFiles);
  const stoppedBy = sockets < options.sockets ? `${String(openFiles)} open files a process (ulimit -Hn)` : null;
  options.onProgress(`${String(sockets)} ${what}`);
  return withEdge(natsUrl, settings, ["--expose-gc"], async (edge) => {
    const warm = await startServerProcess("./attack-process.js", [String(edge.port), what, "500"]);
    await warm.stop();
    const load = await SteadyLoad.join(edge.port);
    await load.measure(options.forMs / 2);
    const quiet = await load.measure(options.forMs);
    const before = await settledRssBytes(edge.pid);
    // Each of the other ends is a file as well: two processes hold them.
    const halves = [Math.ceil(sockets / 2), Math.floor(sockets / 2)];
    const holders = await Promise.all(
      halves.map((half) => startServerProcess("./attack-process.js", [String(edge.port), what, String(half)])),
    );
    const after = await settledRssBytes(edge.pid);
    await load.measure(2_000); // the joins and the collection are over
    const crowded = await load.measure(options.forMs);
    const held = await Promise.all(holders.map((holder) => holder.ask<Tally>("tally")));
    await Promise.all(holders.map((holder) => holder.stop()));
    load.leave();
    const joined = held.reduce((sum, tally) => sum + tally.joined, 0);
    return {
      what,
      sockets: joined,
      stoppedBy,
      bytesPerSocket: (after - before) / joined,
      quietP99Ms: percentile(quiet, 0.99),
      crowdedP99Ms: percentile(crowded, 0.99),
    };
  });
}

/** Node raises its own soft limit to the hard one. Linux only; elsewhere no limit is known. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** After the collector has run (the edge process runs it on SIGUSR2). Linux only; elsewhere NaN. */
async function settledRssBytes(pid: ServerProcess["pid"]): Promise<number> {
  for (let round = 0; round < 3; round++) {
    process.kill(pid, "SIGUSR2");
    await delay(500);
  }
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}
