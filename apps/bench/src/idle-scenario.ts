import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { withBroker, withEdges } from "./bench-edge.ts";
import type { AttackName, Tally } from "./attacks.ts";
import { rssBytesOf, startServerProcess, type ServerProcess } from "./server-process.ts";
import { percentile } from "./statistics.ts";
import { SteadyLoad } from "./steady-load.ts";

export interface IdleOptions {
  readonly sockets: number;
  readonly forMs: number;
  readonly onProgress: (text: string) => void;
}

export interface IdleResult {
  readonly what: string;
  readonly edges: number;
  /** Open at the end. */
  readonly sockets: number;
  /** Of the edges' processes alone; the kernel's buffers are not in it. */
  readonly bytesPerSocket: number;
  readonly quietP99Ms: number;
  readonly crowdedP99Ms: number;
}

const kinds = ["idle sockets", "idle sockets, 50 a channel"] as const satisfies readonly AttackName[];
/** The limits of an address are tested elsewhere: here all sockets come from a few. */
const settings = { P4_MAX_CONNECTIONS: "200000", P4_MAX_CONNECTIONS_PER_IP: "200000", P4_JOIN_RATE_PER_IP: "100000" };
/** What a process opens besides its sockets: the broker, logs, modules, the steady wallets. */
export const reservedFiles = 300;

/** Sockets that join and do nothing, over as many edges as the limit of open files asks for. */
export function idleScenario(options: IdleOptions): Promise<IdleResult[]> {
  return withBroker(options.onProgress, async (natsUrl) => {
    const results: IdleResult[] = [];
    for (const what of kinds) results.push(await crowd(natsUrl, what, options));
    return results;
  });
}

function crowd(natsUrl: string, what: AttackName, options: IdleOptions): Promise<IdleResult> {
  const edgesNeeded = Math.max(1, Math.ceil(options.sockets / (openFilesLimit() - reservedFiles)));
  const shares = sharesOf(options.sockets, edgesNeeded);
  options.onProgress(`${String(options.sockets)} ${what}, ${String(edgesNeeded)} edges`);
  return withEdges(natsUrl, settings, ["--expose-gc"], edgesNeeded, async (edges) => {
    const [first] = edges;
    const warm = await holdersOf([first], what, [500]);
    await Promise.all(warm.map((holder) => holder.stop()));
    const load = await SteadyLoad.join(first.port);
    await load.measure(options.forMs / 2);
    const quiet = await load.measure(options.forMs);
    const before = await settledRssBytes(edges);
    const holders = await holdersOf(edges, what, shares);
    const after = await settledRssBytes(edges);
    await load.measure(2_000); // the joins and the collection are over
    const crowded = await load.measure(options.forMs);
    const held = await Promise.all(holders.map((holder) => holder.ask<Tally>("tally")));
    await Promise.all(holders.map((holder) => holder.stop()));
    load.leave();
    const open = held.reduce((sum, tally) => sum + tally.joined, 0);
    return {
      what,
      edges: edges.length,
      sockets: open,
      bytesPerSocket: (after - before) / open,
      quietP99Ms: percentile(quiet, 0.99),
      crowdedP99Ms: percentile(crowded, 0.99),
    };
  });
}

/** The other ends of the sockets; each is a file as well, so every edge has a process of its own for them. */
function holdersOf(
  edges: readonly ServerProcess[],
  what: AttackName,
  shares: readonly number[],
): Promise<ServerProcess[]> {
  const start = ({ port }: ServerProcess, index: number): Promise<ServerProcess> =>
    startServerProcess("./attack-process.js", [String(port), what, String(shares[index] ?? 0)]);
  return Promise.all(edges.map(start));
}

function sharesOf(count: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, index) => Math.floor((count + index) / parts));
}

/** Node raises its own soft limit to the hard one. Linux only; elsewhere no limit is known. */
export function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/Max open files\s+\d+\s+(\d+)/.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}

/** After the collectors have run (an edge process runs its own on SIGUSR2). Linux only; elsewhere NaN. */
export async function settledRssBytes(edges: readonly { readonly pid: number }[]): Promise<number> {
  for (let round = 0; round < 3; round++) {
    for (const { pid } of edges) process.kill(pid, "SIGUSR2");
    await delay(500);
  }
  return edges.reduce((sum, { pid }) => sum + rssBytesOf(pid), 0);
}
