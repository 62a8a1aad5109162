import { join } from "node:path";
import type { CountedNode } from "@p4/testkit/leak-counters";
import { sabotagedEdge } from "../sabotage/sabotaged-edge.ts";
import type { AppProcess } from "../system/app-process.ts";
import { startSystem, type System } from "../system/system.ts";
import { SteadyWallets } from "../steady/steady-wallets.ts";
import { StrangersCrowd } from "./strangers-crowd.ts";
import { strangersScenario, type StrangersSabotage } from "./strangers-scenario.ts";

/** One broker and one edge of little memory. */
export interface StrangersSystem extends System {
  readonly edge: AppProcess;
  /** Of the edge. */
  readonly logFile: string;
  /** What is counted of it. Another process after a restart. */
  counted(): CountedNode;
}

const name = "edge";
const host = "127.0.0.1";

export async function startStrangersSystem(
  dir: string,
  sabotage: StrangersSabotage | null,
  onProgress: (text: string) => void,
): Promise<StrangersSystem> {
  onProgress("starting one broker and one edge of little memory");
  const { heapMiB, ttl, settings: own } = strangersScenario.system.edge;
  const { edgeModule, settings: broken } = sabotagedEdge(sabotage);
  // What nothing bounds is bounded by no setting either.
  const unbounded = sabotage === "no-byte-budget" ? { P4_MAX_HELD_BYTES: "1099511627776" } : {};
  const settings = { ...own, NODE_OPTIONS: `--max-old-space-size=${String(heapMiB)}`, ...broken, ...unbounded };
  const { brokers, shards } = strangersScenario.system;
  const plan = { brokers, shards, linked: false, workers: false, ...edgeModule };
  const system = await startSystem({ ...plan, dir, edges: { [name]: { ttl, settings } }, onProgress });
  const edge = system.app(name);
  return {
    ...system,
    edge,
    logFile: join(dir, `${name}.log`),
    counted: () => ({
      httpUrl: `http://${host}:${String(system.edgePorts[name])}`,
      pid: edge.pid ?? 0,
      monitorUrl: system.brokers.brokers[0]?.monitorUrl ?? "",
    }),
  };
}

/** Honest wallets and strangers, who come when they are let in. */
export class StrangersLoad {
  readonly #dir: string;
  readonly #system: StrangersSystem;
  readonly #rate: number;
  readonly #all: { kill(): void }[] = [];

  /** @param rate honest payments that begin each second */
  constructor(dir: string, system: StrangersSystem, rate: number) {
    this.#dir = dir;
    this.#system = system;
    this.#rate = rate;
  }

  async honest(as: string, ms: number): Promise<SteadyWallets> {
    const { patienceMs: limitMs } = strangersScenario.workload;
    const payments = Math.max(1, Math.round((this.#rate * ms) / 1_000));
    const edges = Object.values(this.#system.edgeUrls);
    const plan = { name: as, edges, payments, paymentsPerSecond: this.#rate, limitMs };
    const wallets = new SteadyWallets(this.#dir, plan);
    this.#all.push(wallets);
    await wallets.ready();
    wallets.begin();
    return wallets;
  }

  /** All attacks at once. `seed`: what they do and when follows from it. */
  letIn(seed: number): StrangersCrowd {
    const port = this.#system.edgePorts[name] ?? 0;
    const crowd = new StrangersCrowd({ seed, host, port, ...strangersScenario.faults });
    this.#all.push(crowd);
    return crowd;
  }

  kill(): void {
    for (const each of this.#all) each.kill();
  }
}
