import { fromDisplayHex, sha256d, toDisplayHex } from "./hash.ts";

/** Levels from the leaves (level 0) to the root (last level, one hash); every hash in wire order. */
export interface MerkleTree {
  readonly levels: readonly (readonly Uint8Array[])[];
}

/** One step of a branch: a sibling in display order, or `*` where the node is hashed with a copy of itself. */
export type BranchNode = string;

export const DUPLICATE_NODE: BranchNode = "*";

/** Builds the tree of a block from its transaction ids (display order, coinbase first, at least one). */
export function buildMerkleTree(txids: readonly string[]): MerkleTree {
  const levels: Uint8Array[][] = [txids.map(fromDisplayHex)];
  for (let level = levels[0] as Uint8Array[]; level.length > 1; level = levels.at(-1) as Uint8Array[]) {
    const parents: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      parents.push(sha256d(Buffer.concat([left, level[i + 1] ?? left])));
    }
    levels.push(parents);
  }
  return { levels };
}

/** The Merkle root in display order. */
export function merkleRoot(tree: MerkleTree): string {
  return toDisplayHex(tree.levels.at(-1)?.[0] as Uint8Array);
}

/** The siblings on the way from leaf `index` up to the root, in the notation of TSC proofs. */
export function merkleBranch(tree: MerkleTree, index: number): BranchNode[] {
  return tree.levels.slice(0, -1).map((level, height) => {
    const sibling = level[Math.floor(index / 2 ** height) ^ 1];
    return sibling === undefined ? DUPLICATE_NODE : toDisplayHex(sibling);
  });
}
