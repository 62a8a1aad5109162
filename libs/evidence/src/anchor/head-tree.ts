import { bytesToHex, hexToBytes, type SpvCrypto } from "@p4/spv";
import type { ChannelHead } from "../evidence-contents.ts";
import { utf8Bytes } from "../text-bytes.ts";

// RFC 6962: leaves and nodes are hashed with different first bytes, so that a node cannot pose as a leaf.
const LEAF = 0x00;
const NODE = 0x01;

/** The hash of one channel's head: SHA-256 of 0x00 and the text `channelId streamVersion headHash`. */
export function leafHash(head: ChannelHead, crypto: SpvCrypto): Uint8Array {
  return taggedHash(LEAF, [utf8Bytes(leafText(head))], crypto);
}

export function leafText({ channelId, streamVersion, headHash }: ChannelHead): string {
  return `${channelId} ${streamVersion} ${headHash}`;
}

/** All levels, leaves first, the root last. A node without a neighbour goes up as it is. */
export function treeLevels(leaves: readonly Uint8Array[], crypto: SpvCrypto): readonly (readonly Uint8Array[])[] {
  const levels: (readonly Uint8Array[])[] = [leaves];
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const left = level[at] as Uint8Array;
      const right = level[at + 1];
      above.push(right === undefined ? left : taggedHash(NODE, [left, right], crypto));
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

export function rootOf(levels: readonly (readonly Uint8Array[])[]): string {
  return bytesToHex(levels.at(-1)?.[0] ?? new Uint8Array());
}

/** The neighbours on the way up from one leaf. */
export function pathOf(levels: readonly (readonly Uint8Array[])[], index: number): readonly string[] {
  const path: string[] = [];
  let at = index;
  for (const level of levels.slice(0, -1)) {
    const neighbour = level[at ^ 1];
    if (neighbour !== undefined) path.push(bytesToHex(neighbour));
    at >>= 1;
  }
  return path;
}

/** The root that a path leads to; null when the path has not the length that this place in the tree needs. */
export function climb(
  leaf: Uint8Array,
  place: { readonly index: number; readonly leafCount: number; readonly path: readonly string[] },
  crypto: SpvCrypto,
): string | null {
  let { index, leafCount } = place;
  if (index >= leafCount) return null;
  let hash = leaf;
  let used = 0;
  for (; leafCount > 1; index = Math.floor(index / 2), leafCount = Math.ceil(leafCount / 2)) {
    const isRight = index % 2 === 1;
    if (!isRight && index === leafCount - 1) continue;
    const neighbour = place.path[used++];
    if (neighbour === undefined) return null;
    const other = hexToBytes(neighbour, "path");
    hash = taggedHash(NODE, isRight ? [other, hash] : [hash, other], crypto);
  }
  return used === place.path.length ? bytesToHex(hash) : null;
}

function taggedHash(tag: number, parts: readonly Uint8Array[], crypto: SpvCrypto): Uint8Array {
  const joined = new Uint8Array(1 + parts.reduce((length, part) => length + part.length, 0));
  joined[0] = tag;
  let at = 1;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return crypto.sha256(joined);
}
