import { fromDisplayHex, sha256d, toDisplayHex } from "./hash.ts";

export const HEADER_BYTES = 80;

/** Regtest's target: on average every second nonce is a valid proof of work. */
export const EASY_BITS = 0x207fffff;

/** Hashes in display order, time in Unix seconds, `bits` in the compact form of the target. */
export interface BlockHeader {
  readonly version: number;
  readonly previousHash: string;
  readonly merkleRoot: string;
  readonly time: number;
  readonly bits: number;
  readonly nonce: number;
}

export function encodeHeader(header: BlockHeader): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt32LE(header.version, 0);
  bytes.set(fromDisplayHex(header.previousHash), 4);
  bytes.set(fromDisplayHex(header.merkleRoot), 36);
  bytes.writeUInt32LE(header.time, 68);
  bytes.writeUInt32LE(header.bits, 72);
  bytes.writeUInt32LE(header.nonce, 76);
  return bytes;
}

/** `bytes` must be exactly 80 bytes long. */
export function decodeHeader(bytes: Buffer): BlockHeader {
  return {
    version: bytes.readUInt32LE(0),
    previousHash: toDisplayHex(bytes.subarray(4, 36)),
    merkleRoot: toDisplayHex(bytes.subarray(36, 68)),
    time: bytes.readUInt32LE(68),
    bits: bytes.readUInt32LE(72),
    nonce: bytes.readUInt32LE(76),
  };
}

/** The block hash in display order. */
export function hashHeader(header: BlockHeader): string {
  return toDisplayHex(sha256d(encodeHeader(header)));
}

/** Expands the compact form to the number that a block hash may not exceed. */
export function targetOfBits(bits: number): bigint {
  const mantissa = BigInt(bits & 0x007fffff);
  const exponent = bits >>> 24;
  return exponent > 3 ? mantissa << BigInt(8 * (exponent - 3)) : mantissa >> BigInt(8 * (3 - exponent));
}

export function meetsTarget(hash: string, bits: number): boolean {
  return BigInt(`0x${hash}`) <= targetOfBits(bits);
}

/** Expected number of hashes behind one block: what branches are compared by. */
export function workOfBits(bits: number): bigint {
  return (1n << 256n) / (targetOfBits(bits) + 1n);
}

/** Searches nonces from zero. At the easy target this takes two hashes on average. */
export function mineHeader(template: Omit<BlockHeader, "nonce">): { header: BlockHeader; hash: string } {
  const bytes = encodeHeader({ ...template, nonce: 0 });
  for (let nonce = 0; nonce <= 0xffffffff; nonce++) {
    bytes.writeUInt32LE(nonce, 76);
    const hash = toDisplayHex(sha256d(bytes));
    if (meetsTarget(hash, template.bits)) return { header: { ...template, nonce }, hash };
  }
  // All nonces tried: one more second is a new search space.
  return mineHeader({ ...template, time: template.time + 1 });
}
