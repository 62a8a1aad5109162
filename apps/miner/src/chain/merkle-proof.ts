import type { MinedPosition } from "./blockchain.ts";
import { DUPLICATE_NODE, merkleBranch } from "./merkle-tree.ts";
import { fromDisplayHex } from "./hash.ts";

/** A TSC Merkle proof (TS 2020.01030) as JSON. Hashes in display order. */
export interface TscProofJson {
  readonly index: number;
  readonly txOrId: string;
  readonly targetType: "hash";
  readonly target: string;
  readonly nodes: readonly string[];
}

export function tscProofOf({ block, index }: MinedPosition): TscProofJson {
  return {
    index,
    txOrId: (block.transactions[index] as { txid: string }).txid,
    targetType: "hash",
    target: block.hash,
    nodes: merkleBranch(block.tree, index),
  };
}

const FLAG_HASH = 0;
const FLAG_DUPLICATE = 1;
const FLAG_TXID = 2;

/** The same proof as a BUMP (BRC-74), binary: siblings at offset (index >> level) ^ 1, the txid itself on level 0. */
export function bumpOf({ block, index }: MinedPosition): Buffer {
  const txid = (block.transactions[index] as { txid: string }).txid;
  const branch = merkleBranch(block.tree, index);
  const own = Buffer.concat([varint(index), Buffer.from([FLAG_TXID]), fromDisplayHex(txid)]);
  const levels = branch.map((node, level) => {
    const offset = Math.floor(index / 2 ** level) ^ 1;
    const sibling =
      node === DUPLICATE_NODE
        ? Buffer.concat([varint(offset), Buffer.from([FLAG_DUPLICATE])])
        : Buffer.concat([varint(offset), Buffer.from([FLAG_HASH]), fromDisplayHex(node)]);
    if (level > 0) return [sibling];
    // BRC-74 lists leaves in ascending order of their offset.
    return offset < index ? [sibling, own] : [own, sibling];
  });
  // A block with one transaction still has one level: the coinbase, which is the root.
  if (levels.length === 0) levels.push([own]);
  return Buffer.concat([
    varint(block.height),
    Buffer.from([levels.length]),
    ...levels.flatMap((leaves) => [varint(leaves.length), ...leaves]),
  ]);
}

function varint(value: number): Buffer {
  if (value < 0xfd) return Buffer.from([value]);
  const isShort = value <= 0xffff;
  const bytes = Buffer.alloc(isShort ? 3 : 5);
  bytes.writeUInt8(isShort ? 0xfd : 0xfe);
  if (isShort) bytes.writeUInt16LE(value, 1);
  else bytes.writeUInt32LE(value, 1);
  return bytes;
}
