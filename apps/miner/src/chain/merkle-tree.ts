import { fromDisplayHex, sha256d, toDisplayHex } from "./hash.ts";

/** Levels from the leaves (level 0) to the root (last level, one hash); every hash in wire order. */
export interface MerkleTree {
  readonly levels: readonly (readonly Uint8Array[])[];
}

/** Builds the tree of a block from its transaction ids (display order, coinbase first, at least one). */
export function buildMerkleTree(txids: readonly string[]): MerkleTree {
  let level: Uint8Array[] = txids.map(fromDisplayHex);
  const levels = [level];
  while (level.length > 1) {
    level = parentsOf(level);
    levels.push(level);
  }
  return { levels };
}

/** The Merkle root in display order. */
export function merkleRoot(tree: MerkleTree): string {
  return toDisplayHex(tree.levels.at(-1)?.[0] as Uint8Array);
}

/** The siblings on the way from leaf `index` to the root; null where the node is hashed with a copy of itself. */
export function merkleBranch(tree: MerkleTree, index: number): (Uint8Array | null)[] {
  return tree.levels.slice(0, -1).map((level, height) => level[Math.floor(index / 2 ** height) ^ 1] ?? null);
}

function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    parents.push(sha256d(Buffer.concat([left, level[i + 1] ?? left])));
  }
  return parents;
}
