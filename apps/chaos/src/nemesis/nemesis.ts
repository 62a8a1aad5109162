import { setTimeout as delay } from "node:timers/promises";
import type { System } from "../system/system.ts";
import type { Fault } from "./fault.ts";

export interface NemesisOptions {
  readonly system: System;
  /** A peer that stops reading is a wallet's part. */
  readonly stallPeer: (edge: string, holdMs: number) => void;
  readonly onFault: (fault: Fault) => void;
}

/** Carries the plan out, fault by fault, each at its time; resolves when all are healed. */
export async function runNemesis(plan: readonly Fault[], options: NemesisOptions): Promise<void> {
  const startMs = performance.now();
  await Promise.all(
    plan.map(async (fault) => {
      await delay(Math.max(0, fault.atMs - (performance.now() - startMs)));
      options.onFault(fault);
      const heal = await strike(fault, options);
      await delay(Math.max(0, fault.atMs + fault.holdMs - (performance.now() - startMs)));
      await heal();
    }),
  );
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
      member.pause();
      return () => member.resume();
    }
    case "kill-all-brokers": {
      const { brokers } = system.brokers;
      await Promise.all(brokers.map((broker) => broker.kill()));
      return async () => void (await Promise.all(brokers.map((broker) => broker.start())));
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

function severAll(links: readonly { sever(): void; heal(): void }[]): Heal {
  for (const link of links) link.sever();
  return () => {
    for (const link of links) link.heal();
  };
}
