import { setTimeout as delay } from "node:timers/promises";
import { planFailover, planReturn, planSwitch } from "@p4/regions";
import { historyOf, readLog } from "../campaign/read-log.ts";
import { judgeSteady } from "../steady/judge-steady.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
import { drillFigures, firstAppendMs, longestGapMs, longestWaitMs, type DrillFigures } from "./drill-figures.ts";
import { copyAgeMs, moveRegion, untilAnswering } from "./move-region.ts";
import type { Site } from "./start-sites.ts";

export interface DrillOptions {
  readonly name: "switch" | "failover";
  readonly home: Site;
  readonly standby: Site;
  readonly class: "async" | "sync";
  readonly shards: number;
  readonly rate: number;
  readonly seconds: number;
  readonly dir: string;
  readonly onProgress: (text: string) => void;
}

/** Times in ms. */
export interface DrillReport extends DrillFigures {
  readonly drill: DrillOptions["name"];
  readonly class: DrillOptions["class"];
  readonly from: string;
  readonly to: string;
  readonly payments: number;
  /** Since the copy had last heard of its home, when the command was given. */
  readonly copyAgeMs: number;
  /** From the command to the first event that the new home took; null: it took none. */
  readonly firstAppendMs: number | null;
  /** From the command until the new home is known to all sites. */
  readonly movedMs: number;
  readonly longestWithoutAppendMs: number;
  readonly longestWaitMs: number;
}

interface Moved {
  /** By the clock; when the command was given. */
  readonly commandAtMs: number;
  readonly movedMs: number;
  readonly copyAgeMs: number;
  /** Puts the old home back as a copy. Resolves with what it alone had. */
  readonly rejoin: () => Promise<{ readonly events: number; readonly channels: ReadonlySet<string> }>;
}

const limitMs = 60_000;
const limits = { lateAfterMs: 30_000, expiryGraceMs: 15_000 };

/** Payments begin at a steady rate; after a third of the time the home moves, or its site is killed. */
export async function runDrill(options: DrillOptions): Promise<DrillReport> {
  const { name, home, standby, shards, rate, seconds, dir, onProgress } = options;
  const payments = Math.ceil(rate * seconds);
  const edges = [home.edgeUrl, standby.edgeUrl];
  const wallets = new SteadyWallets(dir, { name, edges, payments, paymentsPerSecond: rate, limitMs });
  try {
    await wallets.ready();
    wallets.begin();
    await delay((seconds * 1_000) / 3);
    const moved = await (name === "switch" ? switchHome(options) : loseHome(options));
    onProgress(`${standby.name} is the home after ${String(moved.movedMs)} ms`);
    await wallets.done();
    const tail = await moved.rejoin();
    onProgress("all payments have ended; reading the new home's log");
    const all = await readLog({ natsUrl: standby.server.url, shards, replicas: 1 });
    const log = new Map([...all].filter(([channelId]) => channelId.startsWith(`${name}-`)));
    const history = await historyOf(log, [wallets.recordFile]);
    const { violations, failedPayments: unfinished } = judgeSteady(history, wallets.channelIds, limits);
    return {
      drill: name,
      class: options.class,
      from: home.name,
      to: standby.name,
      payments,
      copyAgeMs: moved.copyAgeMs,
      firstAppendMs: firstAppendMs(log, name === "switch" ? moved.commandAtMs + moved.movedMs : moved.commandAtMs),
      movedMs: moved.movedMs,
      longestWithoutAppendMs: longestGapMs(log),
      longestWaitMs: longestWaitMs(history.records),
      ...drillFigures({ violations, unfinished, tail, class: options.class }),
    };
  } finally {
    wallets.kill();
  }
}

/** The nodes of the old home run on: they send their wallets away, who go on at the new one. */
async function switchHome({ home, standby, onProgress }: DrillOptions): Promise<Moved> {
  onProgress(`p4 region switch --to ${standby.name}`);
  const commandAtMs = Date.now();
  let movedMs = 0;
  const state = await moveRegion({
    sites: [home, standby],
    plan: (now) => planSwitch(now, standby.name),
    onStepDone({ do: what }) {
      if (what === "table" && movedMs === 0) movedMs = Date.now() - commandAtMs;
    },
  });
  const none = { events: 0, channels: new Set<string>() };
  return { commandAtMs, movedMs, copyAgeMs: copyAgeMs(state, standby.name), rejoin: () => Promise.resolve(none) };
}

/** How long an operator takes at least. */
const noticedAfterMs = 1_000;

async function loseHome({ home, standby, onProgress }: DrillOptions): Promise<Moved> {
  onProgress(`kill -9 everything at ${home.name}`);
  await Promise.all([home.server.kill(), home.edge.kill(), home.guard?.kill()]);
  await delay(noticedAfterMs);
  onProgress(`p4 region failover --to ${standby.name} --lost ${home.name}`);
  const commandAtMs = Date.now();
  const sites = [home, standby];
  const options = { fenceReachable: false, outwaitMs: 0, acceptLoss: true };
  const state = await moveRegion({
    sites,
    lost: [home.name],
    // There is one copy: should it lack something, the report says what.
    plan: (now) => planFailover(now, { ...options, to: standby.name, lost: home.name }),
  });
  const movedMs = Date.now() - commandAtMs;
  return {
    commandAtMs,
    movedMs,
    copyAgeMs: copyAgeMs(state, standby.name),
    async rejoin() {
      onProgress(`the servers of ${home.name} are back; p4 region return ${home.name}`);
      await home.server.restart();
      await home.guard?.start();
      await untilAnswering(home);
      const channels = new Set<string>();
      let events = 0;
      await moveRegion({
        sites,
        plan: (now) => planReturn(now, home.name),
        async keepTail(_site, { stream }, messages) {
          for await (const { subject } of messages) {
            if (!stream.startsWith("P4_CHANNELS_")) continue;
            events++;
            channels.add(subject.slice(subject.lastIndexOf(".") + 1));
          }
        },
      });
      return { events, channels };
    },
  };
}
