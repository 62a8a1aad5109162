import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { findNatsServer, repositoryNatsConf, startNatsServer } from "@p4/nats-server";
import type { AttackName } from "./attacks.ts";
import { startServerProcess, type ServerProcess } from "./server-process.ts";
import { percentile } from "./statistics.ts";
import { SteadyLoad } from "./steady-load.ts";

export interface HostileOptions {
  /** How long well-behaved wallets are measured, before and under each attack. */
  readonly forMs: number;
  /** 0 leaves the memory out. */
  readonly idleSockets: number;
  /** The attacks whose name holds this; "" takes all. */
  readonly only: string;
  readonly onProgress: (text: string) => void;
}

export interface HostileResult {
  readonly attack: string;
  readonly size: number;
  readonly quietP99Ms: number;
  readonly attackedP99Ms: number;
}

export interface IdleResult {
  readonly what: string;
  readonly sockets: number;
  readonly bytesPerSocket: number;
}

export interface HostileReport {
  readonly attacks: readonly HostileResult[];
  readonly idle: readonly IdleResult[];
}

/** An address may have them all here: the limits themselves are tested elsewhere. Joins keep their rate. */
const settings = { P4_MAX_CONNECTIONS_PER_IP: "200000" };
const floods: readonly (readonly [AttackName, number])[] = [
  ["invalid frames", 20],
  ["join burst", 10_000],
  ["slowloris", 1_000],
  ["slow readers", 20],
  ["crowd", 998],
];

/** Each attack on an edge of its own; then what idle sockets cost. */
export async function hostileScenario(options: HostileOptions): Promise<HostileReport> {
  const storeDir = await mkdtemp(join(tmpdir(), "p4-hostile-"));
  const { path } = await findNatsServer({ env: process.env, onProgress: options.onProgress });
  const broker = await startNatsServer({ binary: path, storeDir, configFile: repositoryNatsConf });
  try {
    const attacks: HostileResult[] = [];
    const chosen = floods.filter(([name]) => name.includes(options.only));
    for (const [name, size] of chosen) attacks.push(await attacked(broker.url, name, size, options));
    const idle: IdleResult[] = [];
    for (const name of ["idle sockets", "idle sockets, 500 a channel"] as const) {
      if (options.idleSockets > 0) idle.push(await idleCost(broker.url, name, options));
    }
    return { attacks, idle };
  } finally {
    await broker.stop();
    await rm(storeDir, { recursive: true, force: true });
  }
}

async function attacked(natsUrl: string, name: AttackName, size: number, options: HostileOptions) {
  options.onProgress(`${name} (${String(size)})`);
  return withEdge(natsUrl, settings, async (edge) => {
    const load = await SteadyLoad.join(edge.port);
    await load.measure(options.forMs / 2); // warm
    const quiet = await load.measure(options.forMs);
    const attacker = await startServerProcess("./attack-process.js", [String(edge.port), name, String(size)]);
    const under = await load.measure(options.forMs);
    await attacker.stop();
    load.leave();
    return { attack: name, size, quietP99Ms: percentile(quiet, 0.99), attackedP99Ms: percentile(under, 0.99) };
  });
}

async function idleCost(natsUrl: string, name: AttackName, options: HostileOptions): Promise<IdleResult> {
  const sockets = options.idleSockets;
  options.onProgress(`${String(sockets)} ${name}`);
  const unhurried = { ...settings, P4_JOIN_RATE_PER_IP: "100000" };
  return withEdge(natsUrl, unhurried, async (edge) => {
    const warm = await startServerProcess("./attack-process.js", [String(edge.port), "idle sockets", "500"]);
    await warm.stop();
    const before = await settledRssBytes(edge.pid);
    const crowd = await startServerProcess("./attack-process.js", [String(edge.port), name, String(sockets)]);
    const after = await settledRssBytes(edge.pid);
    await crowd.stop();
    return { what: name, sockets, bytesPerSocket: (after - before) / sockets };
  });
}

async function withEdge<T>(
  natsUrl: string,
  config: Readonly<Record<string, string>>,
  work: (edge: ServerProcess) => Promise<T>,
): Promise<T> {
  const edge = await startServerProcess("./edge-server.js", [natsUrl, JSON.stringify(config)], ["--expose-gc"]);
  try {
    return await work(edge);
  } finally {
    await edge.stop();
  }
}

/** After the collector has run (the edge process runs it on SIGUSR2). Linux only; elsewhere NaN. */
async function settledRssBytes(pid: number): Promise<number> {
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
