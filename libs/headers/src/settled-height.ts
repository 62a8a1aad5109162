import type { HeaderAnswer } from "@p4/spv";

/** Two sources may disagree about this many newest blocks without either being wrong. */
const unsettledBlocks = 6;

/**
 * What a source says of a root that is not the one it has at this height. Close to its tip the source may be on the
 * other side of a fork: the same question may be answered yes tomorrow.
 *
 * @param tip the highest block that the source knows
 */
export function otherRootAt(blockHeight: number, tip: number): HeaderAnswer {
  if (blockHeight > tip - unsettledBlocks) return { kind: "unknown" };
  return { kind: "contradicted", reason: `block at height ${blockHeight} has another Merkle root` };
}
