import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256Hex } from "@p4/node-crypto";
import { readLog } from "../campaign/read-log.ts";
import { check } from "../checker/check.ts";
import type { Violation } from "../checker/history.ts";
import { unfinishedPayments, type UnfinishedPayment } from "../checker/unfinished-payments.ts";
import { startSteadyWallets } from "../steady/steady-wallets.ts";
import { busiestLeader } from "../system/stream-leader.ts";
import { startSystem, type System } from "../system/system.ts";
import { readRecords } from "../wallets/recorder.ts";
import { leaderFigures, type LeaderFigures, type LeaderMoments } from "./leader-figures.ts";

export interface LeaderOptions {
  /** Payments that begin each second, each on a channel of its own. */
  readonly rate: number;
  readonly seconds: number;
  /** All wallets have joined before the first payment begins; else each payment opens its channel. */
  readonly openFirst: boolean;
}

export interface LeaderReport extends LeaderFigures {
  readonly rate: number;
  readonly openFirst: boolean;
  readonly seconds: number;
  readonly natsServer: string;
  /** Streams that the killed broker led. */
  readonly streamsLed: number;
  readonly failedPayments: readonly UnfinishedPayment[];
  readonly violations: readonly Violation[];
}

const shards = 4;
const ttl = "2h";
const limitMs = 90_000;
const limits = { lateAfterMs: 30_000, expiryGraceMs: 15_000 };
/** One process of wallets would be busy with itself. */
const processes = 2;

/** Three brokers and two edges under a steady load; the broker that leads most streams is killed and comes back. */
export async function runLeader(
  { rate, seconds, openFirst }: LeaderOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<LeaderReport> {
  onProgress("starting three brokers and two edges");
  const system = await startSystem({
    dir,
    edges: { "edge-1": { ttl }, "edge-2": { ttl } },
    shards,
    linked: false,
    workers: false,
    onProgress,
  });
  const edges = Object.values(system.edgePorts).map((port) => `ws://127.0.0.1:${String(port)}`);
  const paymentsEach = Math.ceil((rate * seconds) / processes);
  const names = Array.from({ length: processes }, (_, index) => `leader-${String(index)}`);
  const recordFiles = names.map((name) => join(dir, `${name}.jsonl`));
  const wallets = names.map((name, index) =>
    startSteadyWallets({
      name,
      edges,
      recordFile: recordFiles[index] ?? "",
      payments: paymentsEach,
      paymentsPerSecond: rate / processes,
      openFirst,
      thinkMs: 0,
      limitMs,
    }),
  );
  // A run that fails must not start a broker again after all has been stopped.
  const over = new AbortController();
  try {
    if (openFirst) onProgress(`opening ${String(paymentsEach * processes)} channels`);
    await Promise.all(wallets.map((each) => each.ready()));
    const begunAtMs = Date.now();
    for (const each of wallets) each.begin();
    const payments = (): number => wallets.reduce((sum, each) => sum + each.payments, 0);
    const [fault] = await Promise.all([
      loseLeader(system, seconds * 1_000, over.signal, (text) =>
        onProgress(`${text} (${String(payments())} payments so far)`),
      ),
      ...wallets.map((each) => each.done()),
    ]);
    onProgress("all payments have ended; reading the log");
    const log = await readLog(system.natsUrl, { shards, replicas: 3 });
    const records = (await Promise.all(recordFiles.map(readRecords))).flat();
    const history = { log, records, readAtMs: Date.now() };
    const channelIds = names.flatMap((name) =>
      Array.from({ length: paymentsEach }, (_, index) => `${name}-${String(index)}`),
    );
    return {
      rate,
      openFirst,
      seconds,
      natsServer: system.brokers.version,
      streamsLed: fault.streamsLed,
      ...leaderFigures(records, { ...fault, begunAtMs, endAtMs: begunAtMs + seconds * 1_000 }),
      failedPayments: unfinishedPayments(history, channelIds),
      violations: check(history, limits, sha256Hex),
    };
  } finally {
    over.abort();
    for (const each of wallets) each.kill();
    await system.stop();
  }
}

type Fault = Pick<LeaderMoments, "killedAtMs" | "restartedAtMs"> & { readonly streamsLed: number };

/** Killed after a third of the time, started again after two. */
async function loseLeader(
  { brokers }: System,
  forMs: number,
  signal: AbortSignal,
  onProgress: (text: string) => void,
): Promise<Fault> {
  await delay(forMs / 3, undefined, { signal });
  const { broker, streams } = await busiestLeader(brokers.brokers);
  onProgress(`kill -9 ${broker.name}, which leads ${String(streams)} streams`);
  const killedAtMs = Date.now();
  await broker.kill();
  await delay(forMs / 3, undefined, { signal });
  onProgress(`starting ${broker.name} again`);
  const restartedAtMs = Date.now();
  await broker.start();
  return { killedAtMs, restartedAtMs, streamsLed: streams };
}
