import type { GroupCommitMode } from "@p4/nats";

const modes: readonly GroupCommitMode[] = ["adaptive", "always", "never"];

/** How appends that wait for one stream are sent. */
export const batchesFlag = { batches: { type: "string", default: "adaptive" } } as const;

/** @throws Error that names the option and the rule. */
export function readBatches(text: string): GroupCommitMode {
  const mode = modes.find((each) => each === text);
  if (mode === undefined) throw new Error(`--batches: one of ${modes.join(", ")}, not ${text}`);
  return mode;
}
