import { planClass } from "@p4/regions";
import { moveRegion, untilReadySays } from "./move-region.ts";
import { noWorkload, scenario, type Run } from "../scenario.ts";
import { isRegionsClean, regionsText } from "./regions-report.ts";
import { runDrill, type DrillReport } from "./run-drill.ts";
import { startEdgeOf, startTwoSites } from "./two-sites.ts";

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

/** Two sites: a planned move from the first to the second under load, then the second one is killed and the first takes over. */
export const moves = scenario({
  system({ dir, options: { delayMs }, onProgress }: Run<RegionsOptions>) {
    onProgress("starting two sites; p4 region copy --to b");
    return startTwoSites({ dir, shards, delayMs }, startEdgeOf);
  },
  // Each drill has payments of its own.
  workload: noWorkload,
  async faults({ options, dir, onProgress }, { home: a, other: b }) {
    if (options.class === "sync") {
      onProgress("p4 region class sync");
      await moveRegion({ sites: [a, b], plan: (state) => planClass(state, "sync") });
      await untilReadySays(a, '"confirmedBy"');
    }
    const drill = { ...options, shards, dir, onProgress };
    await b.edge.start();
    const planned = await runDrill({ ...drill, name: "switch", home: a, standby: b });
    const killed = await runDrill({ ...drill, name: "failover", home: b, standby: a });
    return [planned, killed];
  },
  figures: ({ options }, _sites, _none, drills): RegionsReport => ({ ...options, drills }),
  checks: (report) => (isRegionsClean(report) ? "kept" : "broken"),
  text: regionsText,
});
