import { hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { SECP256K1_N } from "./secp256k1.ts";

const MAX_SIGNATURE_BYTES = 72;

/**
 * Hex to DER bytes of an ECDSA signature. Strict: shortest lengths, positive shortest integers, both within 1 to n - 1,
 * nothing after the end. High S passes: no rule of the envelope forbids it.
 */
export function parseSignature(hex: string): Uint8Array {
  if (hex.length > MAX_SIGNATURE_BYTES * 2) throw malformed("longer than 72 bytes");
  const der = signatureBytes(hex);
  if (der.length < 8 || der[0] !== 0x30) throw malformed("not a DER sequence");
  if (der[1] !== der.length - 2) throw malformed("wrong sequence length");
  const afterR = readScalar(der, 2, "r");
  const afterS = readScalar(der, afterR, "s");
  if (afterS !== der.length) throw malformed("bytes after s");
  return der;
}

function signatureBytes(hex: string): Uint8Array {
  try {
    return hexToBytes(hex, "signature");
  } catch {
    throw malformed("not hex");
  }
}

/** Returns the position after the integer. */
function readScalar(der: Uint8Array, at: number, name: string): number {
  const length = der[at + 1] ?? 0;
  const start = at + 2;
  const first = der[start];
  if (der[at] !== 0x02 || length === 0 || first === undefined || start + length > der.length) {
    throw malformed(`${name} is not a DER integer`);
  }
  if (first >= 0x80) throw malformed(`${name} is negative`);
  if (first === 0 && length > 1 && (der[start + 1] ?? 0) < 0x80) throw malformed(`${name} has needless zeros`);
  const magnitude = der.subarray(first === 0 ? start + 1 : start, start + length);
  if (magnitude.length === 0) throw malformed(`${name} is zero`);
  if (!isBelow(magnitude, SECP256K1_N)) throw malformed(`${name} is not below the order of the curve`);
  return start + length;
}

function isBelow(magnitude: Uint8Array, limit: Uint8Array): boolean {
  if (magnitude.length !== limit.length) return magnitude.length < limit.length;
  for (let i = 0; i < limit.length; i++) {
    const difference = (magnitude[i] as number) - (limit[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function malformed(rule: string): SpvError {
  return new SpvError("SPV_SIGNATURE_MALFORMED", `signature: ${rule}`);
}
