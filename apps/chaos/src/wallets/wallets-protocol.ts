import type { FlowEdges } from "./flow-plan.ts";

export interface WalletsSettings {
  readonly seed: number;
  readonly edges: FlowEdges;
  readonly proofUrl: string;
  readonly recordFile: string;
  readonly flowsPerSecond: number;
  /** No new flow is begun beyond this. */
  readonly maxRunningFlows: number;
  readonly flowLimitMs: number;
}

export type ToWallets =
  | { readonly type: "finish" }
  /** `edge`: `ws://host:port`. */
  | { readonly type: "stall"; readonly edge: string; readonly holdMs: number };

export type FromWallets = { readonly type: "progress" | "done"; readonly flows: number };
