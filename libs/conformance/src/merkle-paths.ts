import { randomHex } from "./random.ts";

/** One node of a BUMP's level; without a hash it is a copy of the node on its left. Hashes in hashed byte order. */
export interface PathNode {
  readonly offset: number;
  readonly hash: string | null;
  readonly isTxid?: boolean;
}

/** BRC-74 in hex, of one-byte offsets and a small height. */
export function bumpHex(blockHeight: number, levels: readonly (readonly PathNode[])[]): string {
  const node = ({ offset, hash, isTxid = false }: PathNode): string =>
    byteHex(offset) + (hash === null ? "01" : `${isTxid ? "02" : "00"}${hash}`);
  const body = levels.map((level) => byteHex(level.length) + level.map(node).join("")).join("");
  return byteHex(blockHeight) + byteHex(levels.length) + body;
}

/** A block of five with the transaction at its end, where it is copied at two levels. */
export async function lastOfFive(txid: string): Promise<{
  readonly canonical: string;
  /** The same path, its copies written as hashes: at the leaves, above them, at both. */
  readonly spelledOut: readonly string[];
  /** The transaction in the place of its own copy, which is none. */
  readonly phantom: string;
}> {
  const hash = reversed(txid);
  const pair = await hash256(hash + hash);
  const top = [{ offset: 0, hash: randomHex(32) }];
  const own: PathNode = { offset: 4, hash, isTxid: true };
  const path = (copied: string | null, pairCopied: string | null): string =>
    bumpHex(5, [[own, { offset: 5, hash: copied }], [{ offset: 3, hash: pairCopied }], top]);
  return {
    canonical: path(null, null),
    spelledOut: [path(hash, null), path(null, pair), path(hash, pair)],
    phantom: bumpHex(5, [
      [
        { offset: 4, hash },
        { offset: 5, hash, isTxid: true },
      ],
      [{ offset: 3, hash: null }],
      top,
    ]),
  };
}

/** The second of a block's two transactions. */
export function secondOfTwo(txid: string, blockHeight = 7): string {
  const own = { offset: 1, hash: reversed(txid), isTxid: true };
  return bumpHex(blockHeight, [[{ offset: 0, hash: randomHex(32) }, own]]);
}

/** As it is shown: the hash of a transaction's bytes, reversed. */
export async function txidOf(transactionHex: string): Promise<string> {
  return reversed(await hash256(transactionHex));
}

async function hash256(hex: string): Promise<string> {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  const digest = await crypto.subtle.digest("SHA-256", await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(new Uint8Array(digest), byteHex).join("");
}

function reversed(hex: string): string {
  return (hex.match(/../g) ?? []).reverse().join("");
}

function byteHex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
