import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "@p4/node-crypto";
import { readLog } from "../campaign/read-log.ts";
import { check } from "../checker/check.ts";
import type { Violation } from "../checker/history.ts";
import { unfinishedPayments, type UnfinishedPayment } from "../checker/unfinished-payments.ts";
import type { Sabotage } from "../sabotage/sabotage.ts";
import { startSteadyWallets } from "../steady/steady-wallets.ts";
import { startSystem, type System } from "../system/system.ts";
import { readRecords, Recorder } from "../wallets/recorder.ts";
import { EdgeWatch } from "./edge-watch.ts";
import { MissedMessages } from "./missed-messages.ts";
import {
  edgeFigures,
  missedFigures,
  walletFigures,
  type EdgeFigures,
  type MissedFigures,
  type WalletFigures,
} from "./outage-figures.ts";

export interface OutageOptions {
  readonly channels: number;
  /** How long no broker can be reached. */
  readonly seconds: number;
  readonly brokers: 1 | 3;
  /** The brokers live, but nothing comes through to them; false: they are killed. */
  readonly cut: boolean;
  readonly sabotage: Sabotage | null;
}

export interface OutageReport extends WalletFigures {
  readonly options: OutageOptions;
  readonly natsServer: string;
  readonly edges: readonly EdgeFigures[];
  /** From the start of the killed brokers until an edge that was not cut off had stored a message on each of its channels. */
  readonly storedAgainAfterMs: number | null;
  /** Edge processes that ended or were another process afterwards. */
  readonly restarted: readonly string[];
  readonly missed: MissedFigures;
  readonly failedPayments: readonly UnfinishedPayment[];
  readonly violations: readonly Violation[];
}

const shards = 4;
const ttl = "2h";
const name = "outage";
const served = ["edge-1", "edge-2"] as const;
/** It keeps its way to the brokers: what happens there, the other two cannot hear. */
const elsewhere = "edge-3";
const missedChannels = 20;
/** Payments begin before the outage, in it and after it: parts of its length. */
const [lead, tail] = [1 / 6, 1 / 3];
const thinkMs = 200;
const patienceMs = 60_000;
/** Wallets of broken edges may never be answered: long enough to be sure. */
const sabotagedPatienceMs = 5_000;
const readyAgainWithinMs = 60_000;

/** Two edges with open channels lose every broker for a while; their wallets go on paying. */
export async function runOutage(
  options: OutageOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<OutageReport> {
  const { channels, seconds, brokers, sabotage } = options;
  onProgress(`starting ${String(brokers)} brokers and three edges`);
  const system = await startSystem({
    dir,
    edges: { [served[0]]: { ttl }, [served[1]]: { ttl }, [elsewhere]: { ttl, linked: false } },
    shards,
    brokers,
    workers: false,
    settings: sabotage === null ? {} : { CHAOS_SABOTAGE: sabotage },
    ...(sabotage === null ? {} : { edgeModule: fileURLToPath(new URL("../sabotage/edge-main.js", import.meta.url)) }),
    onProgress,
  });
  const urlOf = (edge: string): string => `ws://127.0.0.1:${String(system.edgePorts[edge] ?? 0)}`;
  const edges = served.map(urlOf);
  const recordFiles = ["wallets", "missed"].map((file) => join(dir, `${file}.jsonl`));
  const wallets = startSteadyWallets({
    name,
    edges,
    recordFile: recordFiles[0] ?? "",
    payments: channels,
    paymentsPerSecond: channels / (seconds * (1 + lead + tail)),
    openFirst: true,
    thinkMs,
    limitMs: seconds * 1_000 + (sabotage === null ? patienceMs : sabotagedPatienceMs),
  });
  const recorder = new Recorder(recordFiles[1] ?? "");
  const missed = new MissedMessages(
    { name: `${name}-missed`, channels: missedChannels, cutOff: edges, elsewhere: urlOf(elsewhere) },
    recorder,
  );
  const watches: EdgeWatch[] = [];
  try {
    await Promise.all([wallets.ready(), missed.joined(AbortSignal.timeout(patienceMs))]);
    onProgress(`${String(channels + missedChannels)} channels are open, two wallets on each; payments begin`);
    const pids = pidsOf(system);
    wallets.begin();
    watches.push(...served.map((edge) => new EdgeWatch(edge, system.edgePorts[edge] ?? 0)));
    await delay(seconds * 1_000 * lead);
    const outage = await loseBrokers(system, missed, options, onProgress);
    await untilReady(watches, outage.healedAtMs);
    onProgress("the edges are ready again; waiting for the payments to end");
    await wallets.done();
    await Promise.all(watches.map((watch) => watch.stop()));
    missed.close();
    await recorder.close();
    const log = await readLog(system.natsUrl, { shards, replicas: brokers });
    const records = (await Promise.all(recordFiles.map(readRecords))).flat();
    const history = { log, records, readAtMs: Date.now() };
    const limits = { lateAfterMs: seconds * 1_000 + 30_000, expiryGraceMs: 15_000 };
    return {
      options,
      natsServer: system.brokers.version,
      storedAgainAfterMs: outage.storedAgainAfterMs,
      edges: watches.map((watch) => edgeFigures(watch.name, watch.ready, watch.joins, outage)),
      restarted: pidsOf(system).filter((pid, index) => pid !== pids[index]),
      ...walletFigures(records, outage),
      missed: missedFigures(records, outage.missed, outage),
      failedPayments: unfinishedPayments(
        history,
        Array.from({ length: channels }, (_, index) => `${name}-${String(index)}`),
      ),
      violations: check(history, limits, sha256Hex),
    };
  } finally {
    wallets.kill();
    missed.close();
    await Promise.all(watches.map((watch) => watch.stop()));
    await system.stop();
  }
}

/** `name pid how often it ended by itself`, of every edge. */
function pidsOf({ apps }: System): string[] {
  return [...apps].map(([app, { pid, ownEnds }]) => `${app} ${String(pid)} ${String(ownEnds)}`);
}

interface Outage {
  readonly lostAtMs: number;
  readonly healedAtMs: number;
  readonly storedAgainAfterMs: number | null;
  /** Sequences of the messages that were stored past the cut, by channel. */
  readonly missed: ReadonlyMap<string, number>;
}

/** Whatever became of the brokers, the edges get back to them only after something was stored that they missed. */
async function loseBrokers(
  { brokers, links }: System,
  missed: MissedMessages,
  { seconds, cut }: OutageOptions,
  onProgress: (text: string) => void,
): Promise<Outage> {
  const all = served.flatMap((edge) => links.get(edge) ?? []);
  onProgress(`${cut ? "the way to every broker is cut" : "kill -9 of every broker"} for ${String(seconds)} s`);
  const lostAtMs = Date.now();
  for (const link of all) link.sever();
  if (!cut) await Promise.all(brokers.brokers.map((broker) => broker.kill()));
  missed.ask();
  await delay(seconds * 1_000);
  const startedAtMs = Date.now();
  if (!cut) await Promise.all(brokers.brokers.map((broker) => broker.start()));
  const stored = await missed.store(AbortSignal.timeout(patienceMs));
  onProgress(`${String(stored.size)} messages were stored elsewhere; the edges get their brokers back`);
  const healedAtMs = Date.now();
  for (const link of all) link.heal();
  return { lostAtMs, healedAtMs, storedAgainAfterMs: cut ? null : healedAtMs - startedAtMs, missed: stored };
}

/** Gives up after a while: the report tells which edge was not ready. */
async function untilReady(watches: readonly EdgeWatch[], healedAtMs: number): Promise<void> {
  const isReady = ({ ready }: EdgeWatch): boolean => {
    const last = ready.at(-1);
    return last !== undefined && last.ready && last.atMs > healedAtMs;
  };
  while (!watches.every(isReady) && Date.now() < healedAtMs + readyAgainWithinMs) await delay(50);
}
