import { bytesToDisplayHash } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { hash256, type SpvCrypto } from "./spv-crypto.ts";

export const HEADER_BYTES = 80;

/** Hashes as shown, lower case. */
export interface BlockHeader {
  readonly hash: string;
  readonly previousHash: string;
  readonly merkleRoot: string;
  readonly version: number;
  /** Seconds since 1970. */
  readonly timeSeconds: number;
  /** The compact form of the target. */
  readonly bits: number;
  readonly nonce: number;
}

/** Reads and hashes an 80-byte header. The proof of work is not checked here. Throws SPV_HEADER_INVALID. */
export function parseBlockHeader(bytes: Uint8Array, crypto: SpvCrypto): BlockHeader {
  if (bytes.length !== HEADER_BYTES) throw new SpvError("SPV_HEADER_INVALID", `header: must be ${HEADER_BYTES} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  return {
    hash: bytesToDisplayHash(hash256(crypto, bytes)),
    version: view.getInt32(0, true),
    previousHash: bytesToDisplayHash(bytes.subarray(4, 36)),
    merkleRoot: bytesToDisplayHash(bytes.subarray(36, 68)),
    timeSeconds: view.getUint32(68, true),
    bits: view.getUint32(72, true),
    nonce: view.getUint32(76, true),
  };
}

/**
 * Whether the header's hash meets the target that the header itself names. It proves some work, not membership of the
 * best chain: on a test network the target is easy.
 */
export function meetsOwnTarget(header: BlockHeader): boolean {
  const target = targetOfBits(header.bits);
  return target > 0n && BigInt(`0x${header.hash}`) <= target;
}

/** Negative and overlong targets count as 0, which no hash meets. */
function targetOfBits(bits: number): bigint {
  const exponent = bits >>> 24;
  const mantissa = bits & 0x7fffff;
  if ((bits & 0x800000) !== 0 || exponent > 32) return 0n;
  return exponent <= 3 ? BigInt(mantissa >>> (8 * (3 - exponent))) : BigInt(mantissa) << BigInt(8 * (exponent - 3));
}
