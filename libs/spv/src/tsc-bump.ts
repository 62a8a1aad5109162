import { type Bump, type BumpLeaf, bumpLeafOf } from "./bump.ts";
import { bytesEqual, displayHashToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { merkleParent } from "./merkle-branch.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { parseTransaction } from "./transaction.ts";
import type { TscProof, TscTarget } from "./tsc-proof.ts";

/**
 * The same branch as a BUMP. The height is not in a TSC proof. A sibling that equals the node becomes a copy, as BRC-74
 * writes it. The proof must have passed `verifyTscProof`.
 */
export function tscToBump(proof: TscProof, blockHeight: number, crypto: SpvCrypto): Bump {
  const txid = typeof proof.txOrId === "string" ? proof.txOrId : parseTransaction(proof.txOrId, crypto, "txOrId").txid;
  const leaf: BumpLeaf = { offset: proof.index, hash: displayHashToBytes(txid, "txOrId"), isTxid: true };
  if (proof.nodes.length === 0) return { blockHeight, path: [[leaf]] };

  const path: BumpLeaf[][] = [];
  let node = leaf.hash as Uint8Array;
  let position = proof.index;
  for (const [level, sibling] of proof.nodes.entries()) {
    const isLeft = position % 2 === 0;
    const copied = sibling === null || bytesEqual(sibling, node);
    const other: BumpLeaf = {
      offset: isLeft ? position + 1 : position - 1,
      hash: copied ? null : sibling,
      isTxid: false,
    };
    if (level > 0) path.push([other]);
    else path.push(isLeft ? [leaf, other] : [other, leaf]);
    const otherHash = sibling ?? node;
    node = isLeft ? merkleParent(node, otherHash, crypto) : merkleParent(otherHash, node, crypto);
    position = Math.floor(position / 2);
  }
  return { blockHeight, path };
}

/**
 * The branch of one transaction out of a BUMP that passed `verifyBump`. One form for one branch, however the path spells
 * it: nodes that a compound path leaves out are computed, and a copy becomes `*`.
 */
export function bumpToTsc(bump: Bump, txid: string, target: TscTarget, crypto: SpvCrypto): TscProof {
  const { offset: index, hash } = bumpLeafOf(bump, txid);
  const levels = bump.path.map((leaves) => new Map(leaves.map((leaf) => [leaf.offset, leaf.hash])));
  const nodes: (Uint8Array | null)[] = [];
  const isSingleTransaction = levels.length === 1 && levels[0]?.size === 1;
  if (!isSingleTransaction) {
    let position = index;
    let node = hash;
    for (let level = 0; level < levels.length; level++) {
      const isLeft = position % 2 === 0;
      const sibling = nodeAt(levels, level, isLeft ? position + 1 : position - 1, crypto);
      nodes.push(sibling !== null && isLeft && bytesEqual(sibling, node) ? null : sibling);
      node = isLeft ? merkleParent(node, sibling ?? node, crypto) : merkleParent(sibling ?? node, node, crypto);
      position = Math.floor(position / 2);
    }
  }
  return { index, txOrId: txid, target, nodes };
}

function nodeAt(
  levels: readonly ReadonlyMap<number, Uint8Array | null>[],
  level: number,
  offset: number,
  crypto: SpvCrypto,
): Uint8Array | null {
  const given = levels[level]?.get(offset);
  if (given !== undefined) return given;
  if (level === 0) throw new SpvError("SPV_BUMP_INVALID", `bump: level 0, offset ${offset}: missing`);
  const left = nodeAt(levels, level - 1, offset * 2, crypto);
  const right = nodeAt(levels, level - 1, offset * 2 + 1, crypto);
  if (left === null) throw new SpvError("SPV_BUMP_INVALID", `bump: level ${level}, offset ${offset}: left is a copy`);
  return merkleParent(left, right ?? left, crypto);
}
