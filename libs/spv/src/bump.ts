import { bytesEqual, hexToBytes } from "./bytes.ts";
import { ByteReader } from "./byte-reader.ts";
import { SpvError } from "./errors.ts";
import { MAX_TREE_HEIGHT } from "./merkle-branch.ts";

/**
 * One node of a level; `hash` in hashed byte order, null for "a copy of the node on its left". Deployed senders also
 * spell such a copy out as the hash.
 */
export interface BumpLeaf {
  readonly offset: number;
  readonly hash: Uint8Array | null;
  /** The sender says: this is a transaction that the path is about. Level 0 only. */
  readonly isTxid: boolean;
}

/** BRC-74. `path[0]` is the level of the transactions. Checked for shape; `bumpMerkleRoot` checks that it climbs. */
export interface Bump {
  readonly blockHeight: number;
  readonly path: readonly (readonly BumpLeaf[])[];
}

/** 1 MiB holds tens of thousands of transactions of one block. */
export const MAX_BUMP_BYTES = 1_048_576;
const FLAG_DATA = 0;
const FLAG_DUPLICATE = 1;
const FLAG_TXID = 2;
const MIN_LEAF_BYTES = 2;

/** Throws SPV_HEX_INVALID, SPV_TOO_LARGE or SPV_BUMP_INVALID. */
export function parseBumpHex(hex: string, field = "bump"): Bump {
  if (hex.length > MAX_BUMP_BYTES * 2)
    throw new SpvError("SPV_TOO_LARGE", `${field}: more than ${MAX_BUMP_BYTES} bytes`);
  return parseBump(hexToBytes(hex, field), field);
}

export function parseBump(bytes: Uint8Array, field = "bump"): Bump {
  if (bytes.length > MAX_BUMP_BYTES) throw new SpvError("SPV_TOO_LARGE", `${field}: more than ${MAX_BUMP_BYTES} bytes`);
  const reader = new ByteReader(bytes, field, "SPV_BUMP_INVALID");
  const bump = readBump(reader);
  reader.end();
  return bump;
}

/** Reads one BUMP and leaves the reader behind it (BEEF holds several). */
export function readBump(reader: ByteReader): Bump {
  const blockHeight = reader.varint();
  if (blockHeight > 0xffff_ffff) throw reader.fail("block height above 2^32 - 1");
  const treeHeight = reader.u8();
  if (treeHeight < 1 || treeHeight > MAX_TREE_HEIGHT) throw reader.fail(`tree height must be 1 to ${MAX_TREE_HEIGHT}`);
  const path: BumpLeaf[][] = [];
  for (let level = 0; level < treeHeight; level++) path.push(readLevel(reader, level, treeHeight));
  return { blockHeight, path };
}

function readLevel(reader: ByteReader, level: number, treeHeight: number): BumpLeaf[] {
  const count = reader.count(MIN_LEAF_BYTES, "leaf count");
  if (count === 0 && level === 0) throw reader.fail("no leaves at level 0");
  const limit = 2 ** (treeHeight - level);
  const seen = new Set<number>();
  const leaves: BumpLeaf[] = [];
  for (let i = 0; i < count; i++) {
    const leaf = readLeaf(reader, level);
    if (leaf.offset >= limit) throw reader.fail(`offset ${leaf.offset} is outside level ${level}`);
    if (seen.has(leaf.offset)) throw reader.fail(`offset ${leaf.offset} appears twice`);
    seen.add(leaf.offset);
    leaves.push(leaf);
  }
  return leaves;
}

function readLeaf(reader: ByteReader, level: number): BumpLeaf {
  const offset = reader.varint();
  const flag = reader.u8();
  switch (flag) {
    case FLAG_DUPLICATE:
      // A copy on the left would claim a position behind the block's last transaction.
      if (offset % 2 === 0) throw reader.fail("a copy cannot stand on the left");
      return { offset, hash: null, isTxid: false };
    case FLAG_DATA:
      return { offset, hash: reader.take(32), isTxid: false };
    case FLAG_TXID:
      if (level > 0) throw reader.fail("a txid above level 0");
      return { offset, hash: reader.take(32), isTxid: true };
    default:
      throw reader.fail(`flag ${flag} is not defined`);
  }
}

/**
 * The level-0 leaf of a transaction: the leftmost, because a copy may be spelled out on its right. In any order of the
 * level. Throws SPV_BUMP_TXID_ABSENT.
 */
export function bumpLeafOf(bump: Bump, txid: string): BumpLeaf & { readonly hash: Uint8Array } {
  const wanted = hexToBytes(txid, "txid").reverse();
  let leftmost: (BumpLeaf & { readonly hash: Uint8Array }) | null = null;
  for (const leaf of bump.path[0] ?? []) {
    const { hash, offset } = leaf;
    if (hash === null || !bytesEqual(hash, wanted)) continue;
    if (leftmost === null || offset < leftmost.offset) leftmost = { ...leaf, hash };
  }
  if (leftmost !== null) return leftmost;
  throw new SpvError("SPV_BUMP_TXID_ABSENT", `bump: ${txid} is not at level 0`);
}
