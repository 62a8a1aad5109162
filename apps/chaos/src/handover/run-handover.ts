import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { check } from "../checker/check.ts";
import type { Violation } from "../checker/history.ts";
import { unfinishedPayments, type UnfinishedPayment } from "../checker/unfinished-payments.ts";
import { readLog } from "../campaign/read-log.ts";
import { startSteadyWallets } from "../steady/steady-wallets.ts";
import type { ProcessEnd } from "../system/app-process.ts";
import { startSystem, type System } from "../system/system.ts";
import { readRecords } from "../wallets/recorder.ts";
import { handoverFigures, type HandoverFigures } from "./handover-figures.ts";

export interface HandoverOptions {
  readonly channels: number;
  /** One payment per channel begins within this time; the edge is told to stop in the middle of it. */
  readonly seconds: number;
}

export interface HandoverReport extends HandoverFigures {
  readonly channels: number;
  readonly paymentsPerSecond: number;
  readonly natsServer: string;
  readonly failedPayments: readonly UnfinishedPayment[];
  /** From SIGTERM until the process was gone. */
  readonly drainMs: number;
  readonly drainEnd: ProcessEnd;
  readonly violations: readonly Violation[];
}

const shards = 4;
const ttl = "2h";
/** Half of it is how long a payment is under way on average, so that the signal meets some. */
const thinkMs = 500;
const limitMs = 60_000;
const limits = { lateAfterMs: 10_000, expiryGraceMs: 15_000 };
const name = "handover";

/** Two edges on one broker, wallets at both; one edge is told to stop while payments are under way. */
export async function runHandover(
  { channels, seconds }: HandoverOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<HandoverReport> {
  onProgress("starting one broker and two edges");
  const system = await startSystem({
    dir,
    edges: { "edge-1": { ttl }, "edge-2": { ttl } },
    shards,
    brokers: 1,
    linked: false,
    workers: false,
    onProgress,
  });
  const recordFile = join(dir, "wallets.jsonl");
  const hosts = Object.values(system.edgePorts).map((port) => `127.0.0.1:${String(port)}`);
  const paymentsPerSecond = channels / seconds;
  const edges = hosts.map((host) => `ws://${host}`);
  const settings = {
    name,
    edges,
    recordFile,
    payments: channels,
    paymentsPerSecond,
    openFirst: true,
    thinkMs,
    limitMs,
  };
  const wallets = startSteadyWallets(settings);
  try {
    await wallets.ready();
    onProgress(`${String(channels)} channels are open, two wallets on each; payments begin`);
    wallets.begin();
    await delay((seconds * 1_000) / 2);
    onProgress(`SIGTERM to edge-1 (${String(wallets.payments)} payments so far)`);
    const signalledAtMs = Date.now();
    const { drainMs, drainEnd } = await stopEdge(system);
    onProgress(`edge-1 has ended after ${String(drainMs)} ms; waiting for the payments to end`);
    await wallets.done();
    const log = await readLog(system.natsUrl, { shards, replicas: 1 });
    const history = { log, records: await readRecords(recordFile), readAtMs: Date.now() };
    const channelIds = Array.from({ length: channels }, (_, index) => `${name}-${String(index)}`);
    return {
      channels,
      paymentsPerSecond,
      natsServer: system.brokers.version,
      ...handoverFigures(history.records, { drainedHost: hosts[0] ?? "", signalledAtMs }),
      failedPayments: unfinishedPayments(history, channelIds),
      drainMs,
      drainEnd,
      violations: check(history, limits, sha256Hex),
    };
  } finally {
    wallets.kill();
    await system.stop();
  }
}

async function stopEdge(system: System): Promise<{ drainMs: number; drainEnd: ProcessEnd }> {
  const edge = system.apps.get("edge-1");
  const startMs = performance.now();
  await edge?.stop();
  const drainMs = Math.round(performance.now() - startMs);
  return { drainMs, drainEnd: edge?.lastEnd ?? { code: null, signal: null } };
}
