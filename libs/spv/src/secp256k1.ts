import { hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";

/** The order of the curve, big-endian. */
export const SECP256K1_N = hexToBytes("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "n");
const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const P_HEX = P.toString(16);

const COMPRESSED = /^0[23][0-9a-f]{64}$/;
const UNCOMPRESSED = /^04[0-9a-f]{128}$/;

/**
 * Checks the form of a SEC1 public key: 33 or 65 bytes, coordinates below the field's prime. Returns lower-case hex.
 * The curve equation costs more than the rest of a verification, so it is asked only when a signature fails
 * (`isOnCurve`); a key off the curve can never verify.
 */
export function parsePublicKey(hex: string): string {
  const key = hex.toLowerCase();
  if (!COMPRESSED.test(key) && !UNCOMPRESSED.test(key)) throw publicKeyMalformed("not a 33 or 65 byte SEC1 key in hex");
  if (key.slice(2, 66) >= P_HEX) throw publicKeyMalformed("x is not below the field's prime");
  if (key.length === 130 && key.slice(66) >= P_HEX) throw publicKeyMalformed("y is not below the field's prime");
  return key;
}

/** Whether a key that `parsePublicKey` passed is a point of the curve: y² = x³ + 7. */
export function isOnCurve(key: string): boolean {
  const x = BigInt(`0x${key.slice(2, 66)}`);
  const square = (x * x * x + 7n) % P;
  if (key.length === 130) {
    const y = BigInt(`0x${key.slice(66)}`);
    return (y * y) % P === square;
  }
  // Euler's criterion: x³ + 7 must have a square root. It is never 0 on this curve.
  return power(square, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * factor) % P;
    factor = (factor * factor) % P;
  }
  return result;
}

export function publicKeyMalformed(rule: string): SpvError {
  return new SpvError("SPV_PUBLIC_KEY_MALFORMED", `publicKey: ${rule}`);
}
