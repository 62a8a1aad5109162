import { setTimeout as delay } from "node:timers/promises";
import type { Way } from "../system/link.ts";
import type { KillPlan } from "./operator.ts";
import type { RegionMove } from "./region-fault.ts";
import type { RegionWorld } from "./region-world.ts";
import type { Runbook } from "./runbook.ts";

export interface StrikeOptions {
  readonly world: RegionWorld;
  readonly runbook: Runbook;
  readonly home: string;
  /** The other sites, the one that the move names first. */
  readonly copies: readonly [string, string];
  readonly signal: AbortSignal;
}

/** Carries one move out. What operators have to do is done when it resolves. */
export async function strikeRegion(move: RegionMove, options: StrikeOptions): Promise<void> {
  const { world, runbook, home, copies, signal } = options;
  const [to] = copies;
  const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal });
  const kill: KillPlan = { after: move.killAfter, delayMs: move.killDelayMs };
  switch (move.kind) {
    case "lose-home":
      return loseHome(move, options, {});
    case "two-failovers":
      return loseHome(move, options, { twoFailovers: true });
    case "two-returns":
      return loseHome(move, options, { twoReturns: true });
    case "killed-failover":
      return loseHome(move, options, { killFailover: kill });
    case "killed-return":
      return loseHome(move, options, { killReturn: kill });
    case "cut-home":
      return cutHome(move, options);
    case "blink-home": {
      const relieve = world.cut(home);
      await wait(move.holdMs);
      return relieve();
    }
    case "deafen-home": {
      const relieve = world.interference.beginAt(home, (link) => ({ severed: [wayAt(link, home, move.way)] }));
      await wait(move.holdMs);
      return relieve();
    }
    case "lose-copy":
      await world.kill(to);
      await wait(move.holdMs);
      await world.startServers(to);
      return world.startNodes(to);
    case "switch":
      return runbook.switchTo(to);
    case "killed-switch":
      return runbook.switchTo(to, kill);
    case "two-switches":
      await Promise.all(copies.map((copy) => runbook.run(["switch", "--to", copy])));
      return runbook.settle();
  }
}

/** `there`: what the site would hear; `back`: what it says. */
const wayAt = (link: string, site: string, way: Way): Way =>
  link.endsWith(`-${site}`) === (way === "there") ? "there" : "back";

interface Trouble {
  readonly twoFailovers?: boolean;
  readonly twoReturns?: boolean;
  readonly killFailover?: KillPlan;
  readonly killReturn?: KillPlan;
}

async function loseHome(move: RegionMove, options: StrikeOptions, trouble: Trouble): Promise<void> {
  const { world, runbook, home, copies, signal } = options;
  const [to, other] = copies;
  const beganMs = performance.now();
  await world.kill(home);
  await delay(move.noticeMs, undefined, { signal });
  if (trouble.twoFailovers === true) {
    await Promise.all(copies.map((copy) => runbook.run(["failover", "--to", copy, "--lost", home])));
  }
  await runbook.failOver(home, to, other, trouble.killFailover);
  await delay(Math.max(0, move.holdMs - (performance.now() - beganMs)), undefined, { signal });
  await world.startServers(home);
  if (move.nodesAtOnce) await world.startNodes(home);
  if (trouble.twoReturns === true) await Promise.all([0, 1].map(() => runbook.run(["return", home])));
  await runbook.takeBack(home, trouble.killReturn);
  if (!move.nodesAtOnce) await world.startNodes(home);
  return runbook.settle();
}

async function cutHome(move: RegionMove, { world, runbook, home, copies, signal }: StrikeOptions): Promise<void> {
  const [to, other] = copies;
  const beganMs = performance.now();
  const relieve = world.cut(home);
  try {
    await delay(move.noticeMs, undefined, { signal });
    await runbook.failOver(home, to, other);
    await delay(Math.max(0, move.holdMs - (performance.now() - beganMs)), undefined, { signal });
  } finally {
    relieve();
  }
  // It runs on and hears that it is deposed; no operator has acted yet.
  await delay(move.noticeMs, undefined, { signal });
  await runbook.takeBack(home);
  return runbook.settle();
}
