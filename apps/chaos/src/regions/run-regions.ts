import { planClass, planCopy } from "@p4/regions";
import { confirmedByCopies, moveRegion } from "./move-region.ts";
import { runDrill, type DrillReport } from "./run-drill.ts";
import { startSites } from "./start-sites.ts";

export interface RegionsOptions {
  /** Payments that begin each second. */
  readonly rate: number;
  /** Of each drill. */
  readonly seconds: number;
  /** Between the sites, each way. */
  readonly delayMs: number;
  /** What is promised of an acknowledged event when its home is lost. */
  readonly class: "async" | "sync";
}

export interface RegionsReport extends RegionsOptions {
  readonly drills: readonly DrillReport[];
}

const shards = 2;
const readyWithinMs = 60_000;

/** Two sites: a planned move from the first to the second under load, then the second one is killed and the first takes over. */
export async function runRegions(
  options: RegionsOptions,
  dir: string,
  onProgress: (text: string) => void,
): Promise<RegionsReport> {
  onProgress("starting two sites");
  const sites = await startSites({ dir, names: ["a", "b"], shards, delayMs: options.delayMs, guarded: true });
  try {
    const { all } = sites;
    const [a, b] = all;
    if (a === undefined || b === undefined) throw new Error("two sites were asked for");
    await a.edge.start();
    await a.edge.ready(readyWithinMs);
    onProgress("p4 region copy --to b");
    await moveRegion({ sites: all, plan: (state) => planCopy(state, "b") });
    if (options.class === "sync") {
      onProgress("p4 region class sync");
      await moveRegion({ sites: all, plan: (state) => planClass(state, "sync") });
      await confirmedByCopies(a);
    }
    const drill = { ...options, shards, dir, onProgress };
    await b.edge.start();
    const planned = await runDrill({ ...drill, name: "switch", home: a, standby: b });
    const killed = await runDrill({ ...drill, name: "failover", home: b, standby: a });
    return { ...options, drills: [planned, killed] };
  } finally {
    await sites.stop();
  }
}
