import type { Fault, FaultKind } from "./fault.ts";
import { pick, seededRandom } from "./random.ts";

export interface FaultTargets {
  readonly brokers: readonly string[];
  readonly edges: readonly string[];
  readonly workers: readonly string[];
}

/** Faults of one layer follow each other; the layers' faults overlap as chance has it. */
interface Layer {
  readonly targets: readonly string[];
  /** A kind that is named twice comes twice as often. */
  readonly kinds: readonly FaultKind[];
  readonly holdMs: readonly [least: number, most: number];
  readonly gapMs: readonly [least: number, most: number];
}

/** The schedule of a campaign, in order of time: it follows from the seed, the length and the names alone. */
export function planFaults(seed: number, durationMs: number, { brokers, edges, workers }: FaultTargets): Fault[] {
  const layers: readonly Layer[] = [
    {
      targets: brokers,
      kinds: [
        "kill-broker",
        "kill-broker",
        "kill-broker",
        "pause-broker",
        "pause-broker",
        "isolate-broker",
        "isolate-broker",
        "kill-all-brokers",
      ],
      holdMs: [1_000, 9_000],
      // A member that was away needs some time to catch up, or the next fault takes the majority away.
      gapMs: [4_000, 12_000],
    },
    {
      targets: edges,
      kinds: ["kill-edge", "kill-edge", "pause-edge", "restart-edge", "cut-off-edge"],
      holdMs: [500, 7_000],
      gapMs: [2_000, 8_000],
    },
    { targets: workers, kinds: ["kill-worker", "pause-worker"], holdMs: [500, 8_000], gapMs: [3_000, 10_000] },
    { targets: edges, kinds: ["stalled-peer"], holdMs: [4_000, 8_000], gapMs: [10_000, 25_000] },
  ];
  return layers
    .flatMap((layer, index) => planLayer(layer, seededRandom(seed * 31 + index), durationMs))
    .sort((left, right) => left.atMs - right.atMs);
}

function planLayer({ targets, kinds, holdMs, gapMs }: Layer, random: () => number, durationMs: number): Fault[] {
  const faults: Fault[] = [];
  const between = ([least, most]: readonly [number, number]): number => Math.round(least + random() * (most - least));
  let atMs = between(gapMs);
  while (atMs < durationMs && targets.length > 0) {
    const fault: Fault = { atMs, holdMs: between(holdMs), kind: pick(kinds, random), target: pick(targets, random) };
    // All is healed when the campaign ends.
    if (fault.atMs + fault.holdMs > durationMs) break;
    faults.push(fault);
    atMs += fault.holdMs + between(gapMs);
  }
  return faults;
}
