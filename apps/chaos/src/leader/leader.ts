import { setTimeout as delay } from "node:timers/promises";
import { historyOf, readLog } from "../campaign/read-log.ts";
import { scenarioCommand } from "../scenario-command.ts";
import { flag, number, whole, type OptionsOf } from "@p4/testkit/command-line";
import { scenario, type Run } from "../scenario.ts";
import { judgeSteady, type SteadyFaults } from "../steady/judge-steady.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
import { busiestLeader } from "../system/stream-leader.ts";
import { startSystem } from "../system/system.ts";
import { leaderFigures, type LeaderFigures } from "./leader-figures.ts";
import { isLeaderClean, leaderText } from "./leader-report.ts";

const summary = "the broker that leads most streams is killed under load";
const about = `Three brokers, three replicas, two edges; --rate payments begin each second, each on a channel of its own, which its two
wallets open and join then; with --open-first all have joined before the first payment begins. The broker
that leads most streams is killed (SIGKILL) after a third of the time and started again after two. Exit code 0: every
payment was completed once by both wallets and the log; 1: not so; 2: wrong arguments. The report says which rate was
really reached.`;

const options = { rate: whole(200, 1, 1_000), seconds: number(40, 3, 600), openFirst: flag };

export interface LeaderReport extends LeaderFigures, SteadyFaults, OptionsOf<typeof options> {
  readonly natsServer: string;
  /** Streams that the killed broker led. */
  readonly streamsLed: number;
}

const plan = {
  system: {
    edges: { "edge-1": { ttl: "2h" }, "edge-2": { ttl: "2h" } },
    shards: 4,
    linked: false,
    workers: false,
  },
  /** In two processes: one would be busy with itself. */
  workload: { names: ["leader-0", "leader-1"], limitMs: 90_000 },
  /** Of the seconds. */
  faults: { killedAfterPart: 1 / 3, awayForPart: 1 / 3 },
  checks: { lateAfterMs: 30_000, expiryGraceMs: 15_000 },
} as const;

const run = scenario({
  system({ dir, onProgress }: Run<OptionsOf<typeof options>>) {
    onProgress("starting three brokers and two edges");
    return startSystem({ ...plan.system, dir, onProgress });
  },
  workload({ dir, options: { rate, seconds, openFirst } }, { edgeUrls }) {
    const { names, limitMs } = plan.workload;
    const edges = Object.values(edgeUrls);
    const payments = Math.ceil((rate * seconds) / names.length);
    const shared = { edges, payments, paymentsPerSecond: rate / names.length, openFirst, limitMs };
    const all = names.map((name) => new SteadyWallets(dir, { ...shared, name }));
    return { all, kill: () => all.forEach((each) => each.kill()) };
  },
  async faults({ options: { seconds, openFirst }, onProgress, over }, { brokers }, { all }) {
    const wait = (part: number): Promise<void> => delay(seconds * 1_000 * part, undefined, { signal: over });
    const say = (text: string): void => {
      const payments = all.reduce((sum, each) => sum + each.payments, 0);
      onProgress(`${text} (${String(payments)} payments so far)`);
    };
    if (openFirst) onProgress(`opening ${String(all.flatMap(({ channelIds }) => channelIds).length)} channels`);
    await Promise.all(all.map((each) => each.ready()));
    const begunAtMs = Date.now();
    for (const each of all) each.begin();
    const lose = async () => {
      await wait(plan.faults.killedAfterPart);
      const { broker, streams: streamsLed } = await busiestLeader(brokers.brokers);
      say(`kill -9 ${broker.name}, which leads ${String(streamsLed)} streams`);
      const killedAtMs = Date.now();
      await broker.kill();
      await wait(plan.faults.awayForPart);
      say(`starting ${broker.name} again`);
      const restartedAtMs = Date.now();
      await broker.start();
      return { streamsLed, begunAtMs, killedAtMs, restartedAtMs, endAtMs: begunAtMs + seconds * 1_000 };
    };
    const [lost] = await Promise.all([lose(), ...all.map((each) => each.done())]);
    onProgress("all payments have ended; reading the log");
    return lost;
  },
  async figures({ options: given }, { logPlace, brokers }, { all }, { streamsLed, ...moments }) {
    const recordFiles = all.map(({ recordFile }) => recordFile);
    const history = await historyOf(await readLog(logPlace), recordFiles);
    return {
      ...given,
      natsServer: brokers.version,
      streamsLed,
      ...leaderFigures(history.records, moments),
      ...judgeSteady(
        history,
        all.flatMap(({ channelIds }) => channelIds),
        plan.checks,
      ),
    } satisfies LeaderReport;
  },
  checks: (report: LeaderReport) => (isLeaderClean(report) ? "kept" : "broken"),
  text: leaderText,
});

export const leader = scenarioCommand({ name: "leader", summary, about, options, run });
