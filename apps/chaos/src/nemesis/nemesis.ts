import { setTimeout as delay } from "node:timers/promises";
import type { Member } from "../system/member.ts";
import type { System } from "../system/system.ts";
import type { Fault } from "./fault.ts";

export interface NemesisOptions {
  readonly system: Pick<System, "brokers" | "links" | "member">;
  /** A peer that stops reading is a wallet's part. */
  readonly stallPeer: (edge: string, holdMs: number) => void;
  readonly onFault: (fault: Fault) => void;
}

/**
 * Carries the plan out, fault by fault, each at its time; resolves when all are healed. When one cannot be carried out, or the
 * signal comes, the others end as well: it rejects once nothing is under way that would start a process again.
 */
export async function runNemesis(plan: readonly Fault[], options: NemesisOptions, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const failed = new AbortController();
  const over = AbortSignal.any([signal, failed.signal]);
  const until = (atMs: number): Promise<void> =>
    delay(Math.max(0, atMs - (performance.now() - startMs)), undefined, { signal: over });
  await Promise.all(
    plan.map(async (fault) => {
      try {
        await until(fault.atMs);
        options.onFault(fault);
        const heal = await strike(fault, options);
        await until(fault.atMs + fault.holdMs);
        await heal();
      } catch (error) {
        // The first one is the cause; the others only follow.
        failed.abort(error);
      }
    }),
  );
  failed.signal.throwIfAborted();
}

type Heal = () => void | Promise<void>;

async function strike({ kind, target, holdMs }: Fault, { system, stallPeer }: NemesisOptions): Promise<Heal> {
  switch (kind) {
    case "kill-broker":
    case "kill-edge":
    case "kill-worker": {
      const member = system.member(target);
      await member.kill();
      return () => member.start();
    }
    case "restart-edge": {
      const member = system.member(target);
      await member.stop();
      return () => member.start();
    }
    case "pause-broker":
    case "pause-edge":
    case "pause-worker": {
      const member = system.member(target);
      await member.pause();
      return () => member.resume();
    }
    case "kill-all-brokers": {
      const { brokers } = system.brokers;
      await Promise.all(brokers.map((broker) => broker.kill()));
      return () => startAll(brokers);
    }
    case "isolate-broker": {
      const zone = target.replace("nats-", "");
      const routes = [...system.brokers.routes].filter(([name]) => name.split("-").includes(zone));
      return severAll(routes.map(([, link]) => link));
    }
    case "cut-off-edge":
      return severAll(system.links.get(target) ?? []);
    case "stalled-peer":
      stallPeer(target, holdMs);
      return () => undefined;
  }
}

/** Rejects after every start has settled, so that none is still pending when the caller stops them. */
async function startAll(members: readonly Member[]): Promise<void> {
  const starts = await Promise.allSettled(members.map((member) => member.start()));
  for (const start of starts) if (start.status === "rejected") throw start.reason;
}

function severAll(links: readonly { sever(): void; heal(): void }[]): Heal {
  for (const link of links) link.sever();
  return () => {
    for (const link of links) link.heal();
  };
}
