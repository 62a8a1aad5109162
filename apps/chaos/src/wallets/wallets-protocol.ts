import type { FlowEdges } from "./flow-plan.ts";

export interface WalletsSettings {
  readonly seed: number;
  readonly edges: FlowEdges;
  readonly proofUrl: string;
  readonly recordFile: string;
  /** Flows at a time. */
  readonly concurrency: number;
  /** Between two flows of one wallet pair. */
  readonly pauseMs: number;
  readonly flowLimitMs: number;
}

export type ToWallets =
  | { readonly type: "finish" }
  /** `edge`: `ws://host:port`. */
  | { readonly type: "stall"; readonly edge: string; readonly holdMs: number };

export type FromWallets = { readonly type: "progress" | "done"; readonly flows: number };
