import { setTimeout as delay } from "node:timers/promises";
import { historyOf, readLog } from "../campaign/read-log.ts";
import { scenarioCommand } from "../scenario-command.ts";
import { number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { scenario, type Run } from "../scenario.ts";
import { judgeSteady, type SteadyFaults } from "../steady/judge-steady.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
import type { ProcessEnd } from "../system/app-process.ts";
import { startSystem } from "../system/system.ts";
import { handoverFigures, type HandoverFigures } from "./handover-figures.ts";
import { handoverText, isHandoverClean } from "./handover-report.ts";

const summary = "an edge is told to stop while wallets pay on 1000 open channels";
const about = `Two edges on one broker, two wallets on each channel, one payment on each at a steady pace; in the middle of it one edge
gets SIGTERM. Exit code 0: every payment was completed once by both wallets and the log, every wallet that was sent away
(4200) joined the other edge, and the process ended with 0; 1: not so; 2: wrong arguments.`;

/** One payment per channel begins within the seconds; the edge is told to stop in the middle of them. */
const options = { channels: whole(1_000, 1, 5_000), seconds: number(20, 0.5, 600) };

export interface HandoverReport extends HandoverFigures, SteadyFaults {
  readonly channels: number;
  readonly paymentsPerSecond: number;
  readonly natsServer: string;
  /** From SIGTERM until the process was gone. */
  readonly drainMs: number;
  readonly drainEnd: ProcessEnd;
}

const plan = {
  system: {
    edges: { "edge-1": { ttl: "2h" }, "edge-2": { ttl: "2h" } },
    shards: 4,
    brokers: 1,
    linked: false,
    workers: false,
  },
  workload: {
    name: "handover",
    openFirst: true,
    /** Half of it is how long a payment is under way on average, so that the signal meets some. */
    thinkMs: 500,
    limitMs: 60_000,
  },
  faults: { stopped: "edge-1", atPart: 1 / 2 },
  checks: { lateAfterMs: 10_000, expiryGraceMs: 15_000 },
} as const;

const run = scenario({
  system({ dir, onProgress }: Run<OptionsOf<typeof options>>) {
    onProgress("starting one broker and two edges");
    return startSystem({ ...plan.system, dir, onProgress });
  },
  workload: ({ dir, options: { channels, seconds } }, { edgeUrls }) =>
    new SteadyWallets(dir, {
      ...plan.workload,
      edges: Object.values(edgeUrls),
      payments: channels,
      paymentsPerSecond: channels / seconds,
    }),
  async faults({ options: { channels, seconds }, onProgress }, system, wallets) {
    const { stopped, atPart } = plan.faults;
    await wallets.ready();
    onProgress(`${String(channels)} channels are open, two wallets on each; payments begin`);
    wallets.begin();
    await delay(seconds * 1_000 * atPart);
    onProgress(`SIGTERM to ${stopped} (${String(wallets.payments)} payments so far)`);
    const signalledAtMs = Date.now();
    const { ms: drainMs, end: drainEnd } = await system.app(stopped).stopTimed();
    onProgress(`${stopped} has ended after ${String(drainMs)} ms; waiting for the payments to end`);
    await wallets.done();
    return { signalledAtMs, drainMs, drainEnd };
  },
  async figures({ options: { channels, seconds } }, system, wallets, { signalledAtMs, drainMs, drainEnd }) {
    const history = await historyOf(await readLog(system.logPlace), [wallets.recordFile]);
    const drainedHost = new URL(system.edgeUrls[plan.faults.stopped] ?? "").host;
    return {
      channels,
      paymentsPerSecond: channels / seconds,
      natsServer: system.brokers.version,
      ...handoverFigures(history.records, { drainedHost, signalledAtMs }),
      drainMs,
      drainEnd,
      ...judgeSteady(history, wallets.channelIds, plan.checks),
    } satisfies HandoverReport;
  },
  checks: (report: HandoverReport) => (isHandoverClean(report) ? "kept" : "broken"),
  text: handoverText,
});

export const handover = scenarioCommand({ name: "handover", summary, about, options, run });
