import { bytesEqual } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { hash256, type SpvCrypto } from "./spv-crypto.ts";

/** A tree of 2^64 leaves is beyond any block. */
export const MAX_TREE_HEIGHT = 64;

/** The parent of two nodes, both in hashed byte order. */
export function merkleParent(left: Uint8Array, right: Uint8Array, crypto: SpvCrypto): Uint8Array {
  const pair = new Uint8Array(64);
  pair.set(left, 0);
  pair.set(right, 32);
  return hash256(crypto, pair);
}

/**
 * Climbs from a leaf to the root. `null` in `siblings` means "a copy of the node itself" (`*`).
 * Throws SPV_PROOF_POSITION_INVALID when the index cannot be where the proof says.
 */
export function climbBranch(
  leaf: Uint8Array,
  index: number,
  siblings: readonly (Uint8Array | null)[],
  crypto: SpvCrypto,
): Uint8Array {
  // 2 ** 64 is exact enough: index is a safe integer.
  if (index >= 2 ** siblings.length) {
    throw new SpvError("SPV_PROOF_POSITION_INVALID", `index: ${index} does not fit in ${siblings.length} levels`);
  }
  let node = leaf;
  let position = index;
  for (const sibling of siblings) {
    const isLeft = position % 2 === 0;
    if (!isLeft && (sibling === null || bytesEqual(sibling, node))) {
      // A copy stands only on the right: on the left it would claim a position behind the block's last leaf.
      throw new SpvError("SPV_PROOF_POSITION_INVALID", "nodes: a left sibling cannot be a copy");
    }
    const other = sibling ?? node;
    node = isLeft ? merkleParent(node, other, crypto) : merkleParent(other, node, crypto);
    position = Math.floor(position / 2);
  }
  return node;
}

/** Whether the branch says that no leaf follows: every time the node is on the left its sibling is a copy. */
export function isLastLeaf(index: number, siblings: readonly (Uint8Array | null)[]): boolean {
  let position = index;
  for (const sibling of siblings) {
    if (position % 2 === 0 && sibling !== null) return false;
    position = Math.floor(position / 2);
  }
  return true;
}
