import type { ChainTracker } from "@bsv/sdk";
import type { HeaderSource } from "@p4/spv";
import { otherRootAt } from "./settled-height.ts";

/**
 * Sources that only say whether a Merkle root is that of the longest chain's block at a height. A claim without a height
 * is `unknown` to them. They confirm the root: the block's hash stays the sender's word.
 *
 * The SDK's clients say "no" both to a height above their tip and to another root, so the tip decides which it was. Only
 * these two questions are asked: the SDK's own check of a path would refuse the first leaf of an old block.
 */
export function rootsByHeight(tracker: ChainTracker): HeaderSource {
  return {
    async lookup({ merkleRoot, blockHeight }) {
      if (blockHeight === undefined) return { kind: "unknown" };
      if (await tracker.isValidRootForHeight(merkleRoot, blockHeight)) return { kind: "confirmed", blockHeight };
      const tip = await tracker.currentHeight();
      // The clients do not check this part of their services' answers.
      if (!Number.isSafeInteger(tip)) throw new Error("the answer for the current height is not a height");
      return otherRootAt(blockHeight, tip);
    },
  };
}
