import { join } from "node:path";
import type { CountedNode } from "@p4/testkit/leak-counters";
import type { AppProcess } from "../system/app-process.ts";
import { startSystem, type System } from "../system/system.ts";
import { startStrangers, type Strangers } from "./strangers.ts";
import { strangersSabotages, type SabotagedEdge, type StrangersSabotage } from "./strangers-sabotage.ts";
import { strangersScenario } from "./strangers-scenario.ts";

/** One broker and one edge of little memory. */
export interface StrangersSystem {
  readonly system: System;
  readonly edge: AppProcess;
  readonly edgePort: number;
  /** Of the edge. */
  readonly logFile: string;
  /** `ws://host:port` */
  readonly edgeUrl: string;
  /** What is counted of it. Another process after a restart. */
  counted(): CountedNode;
  /** All attacks at once. `seed`: what they do and when follows from it. */
  letIn(seed: number): Strangers;
}

const name = "edge";
const host = "127.0.0.1";

export async function startStrangersSystem(
  dir: string,
  sabotage: StrangersSabotage | null,
  onProgress: (text: string) => void,
): Promise<StrangersSystem> {
  const { brokers, shards, edge } = strangersScenario.system;
  const broken: SabotagedEdge = sabotage === null ? { settings: {} } : strangersSabotages[sabotage];
  const heap = { NODE_OPTIONS: `--max-old-space-size=${String(edge.heapMiB)}` };
  const system = await startSystem({
    dir,
    edges: { [name]: { ttl: edge.ttl, settings: { ...edge.settings, ...heap, ...broken.settings } } },
    shards,
    brokers,
    linked: false,
    workers: false,
    ...(broken.edgeModule === undefined ? {} : { edgeModule: broken.edgeModule }),
    onProgress,
  });
  const edgePort = system.edgePorts[name] ?? 0;
  const app = system.apps.get(name);
  if (app === undefined) throw new Error("the system has no edge");
  return {
    system,
    edge: app,
    edgePort,
    logFile: join(dir, `${name}.log`),
    edgeUrl: `ws://${host}:${String(edgePort)}`,
    counted: () => ({
      httpUrl: `http://${host}:${String(edgePort)}`,
      pid: app.pid ?? 0,
      monitorUrl: system.brokers.brokers[0]?.monitorUrl ?? "",
    }),
    letIn: (seed) => startStrangers({ seed, host, port: edgePort, ...strangersScenario.faults }),
  };
}
