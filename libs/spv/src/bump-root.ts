import type { Bump, BumpLeaf } from "./bump.ts";
import { bumpLeafOf } from "./bump.ts";
import { bytesEqual, bytesToDisplayHash } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { merkleParent } from "./merkle-branch.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";
import type { SpvCrypto } from "./spv-crypto.ts";

/**
 * The one root that all nodes of a BUMP lead to, as shown. One pass from the leaves up: each pair is hashed once, and a
 * node that is both given and computed must agree. Throws SPV_BUMP_INVALID.
 */
export function bumpMerkleRoot(bump: Bump, crypto: SpvCrypto): string {
  const [leaves] = bump.path;
  const [only] = leaves ?? [];
  if (bump.path.length === 1 && leaves?.length === 1 && only !== undefined) return singleTransactionRoot(only);
  let computed = new Map<number, Uint8Array>();
  for (const [level, given] of bump.path.entries()) computed = climbLevel(level, given, computed, crypto);
  const root = computed.get(0);
  if (root === undefined || computed.size !== 1) throw invalid("does not lead to one root");
  return bytesToDisplayHash(root);
}

/** Throws SPV_BUMP_TXID_ABSENT unless the transaction is a leaf of the path. */
export function verifyBump(bump: Bump, txid: string, crypto: SpvCrypto): ProvenTransaction {
  const leaf = bumpLeafOf(bump, txid);
  return { txid, merkleRoot: bumpMerkleRoot(bump, crypto), index: leaf.offset, blockHeight: bump.blockHeight };
}

function singleTransactionRoot(leaf: BumpLeaf): string {
  if (leaf.offset !== 0 || leaf.hash === null) throw invalid("a lone leaf must be at offset 0");
  return bytesToDisplayHash(leaf.hash);
}

function climbLevel(
  level: number,
  given: readonly BumpLeaf[],
  computed: ReadonlyMap<number, Uint8Array>,
  crypto: SpvCrypto,
): Map<number, Uint8Array> {
  const nodes = new Map<number, Uint8Array | null>(computed);
  // What the path proves: a transaction, or a node that one led to.
  const proven = new Set<number>(computed.keys());
  for (const { offset, hash, isTxid } of given) {
    const below = computed.get(offset);
    if (below !== undefined && (hash === null || !bytesEqual(hash, below))) {
      throw invalid(`level ${level}, offset ${offset}: differs from the node computed from below`);
    }
    nodes.set(offset, hash);
    if (isTxid) proven.add(offset);
  }
  const parents = new Map<number, Uint8Array>();
  for (const offset of nodes.keys()) {
    const parentOffset = Math.floor(offset / 2);
    if (parents.has(parentOffset)) continue;
    parents.set(parentOffset, parentOf(level, nodes, proven, parentOffset * 2, crypto));
  }
  return parents;
}

function parentOf(
  level: number,
  nodes: ReadonlyMap<number, Uint8Array | null>,
  proven: ReadonlySet<number>,
  leftOffset: number,
  crypto: SpvCrypto,
): Uint8Array {
  const left = nodes.get(leftOffset);
  const right = nodes.get(leftOffset + 1);
  if (left === undefined || left === null || right === undefined) {
    throw invalid(`level ${level}, offset ${leftOffset}: a node without its sibling`);
  }
  // Equal siblings are a copy spelled out. Only what it is a copy of can be proven: a place of its own would be a
  // position behind the block's last transaction.
  if (right !== null && bytesEqual(left, right) && proven.has(leftOffset + 1)) {
    throw invalid(`level ${level}, offset ${leftOffset + 1}: a copy of its left sibling cannot be proven`);
  }
  return merkleParent(left, right ?? left, crypto);
}

function invalid(rule: string): SpvError {
  return new SpvError("SPV_BUMP_INVALID", `bump: ${rule}`);
}
