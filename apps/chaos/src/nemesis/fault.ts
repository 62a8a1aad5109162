/** What the nemesis can do. */
export const faultKinds = [
  "kill-broker",
  "pause-broker",
  "isolate-broker",
  "kill-all-brokers",
  "kill-edge",
  "pause-edge",
  "restart-edge",
  "cut-off-edge",
  "kill-worker",
  "pause-worker",
  "stalled-peer",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  /** Since the campaign's start. */
  readonly atMs: number;
  /** Until it is healed. */
  readonly holdMs: number;
  readonly kind: FaultKind;
  /** Names of processes. */
  readonly target: string;
}
