import { hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";

/** The order of the curve, big-endian. */
export const SECP256K1_N = hexToBytes("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "n");
const P = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2fn;
const P_HEX = P.toString(16);

const COMPRESSED = /^0[23][0-9a-f]{64}$/;
/** 04, or hybrid: 06 and 07 also say whether y is even or odd. */
const WITH_Y = /^0[467][0-9a-f]{128}$/;

/**
 * Reads a SEC1 public key in hex, in any of its encodings: compressed (33 bytes), uncompressed or hybrid (65).
 * Returns the compressed form in lower case, so that two encodings of one key are one text.
 * For a 33-byte key the curve equation costs more than the rest of a verification, so it is asked only when a signature
 * fails (`isOnCurve`); a key off the curve can never verify. Throws SPV_PUBLIC_KEY_MALFORMED.
 */
export function parsePublicKey(hex: string): string {
  const key = hex.toLowerCase();
  if (!COMPRESSED.test(key) && !WITH_Y.test(key)) throw publicKeyMalformed("not a 33 or 65 byte SEC1 key in hex");
  if (key.slice(2, 66) >= P_HEX) throw publicKeyMalformed("x is not below the field's prime");
  return key.length === 66 ? key : compressed(key);
}

/** Never throws: another text than a key stays as it is, and equals no key. */
export function comparablePublicKey(text: string): string {
  const key = text.toLowerCase();
  return WITH_Y.test(key) ? prefixFor(key.slice(66)) + key.slice(2, 66) : key;
}

/** Without y the key would be another point's, so the curve equation is asked here. */
function compressed(key: string): string {
  const y = key.slice(66);
  if (y >= P_HEX) throw publicKeyMalformed("y is not below the field's prime");
  const prefix = prefixFor(y);
  const kind = key.slice(0, 2);
  if (kind !== "04" && kind !== (prefix === "02" ? "06" : "07")) {
    throw publicKeyMalformed("the prefix is not that of its y");
  }
  const yNumber = BigInt(`0x${y}`);
  if ((yNumber * yNumber) % P !== ySquareOf(key)) throw publicKeyMalformed("not a point of the curve");
  return prefix + key.slice(2, 66);
}

function prefixFor(y: string): "02" | "03" {
  return Number.parseInt(y.slice(-1), 16) % 2 === 0 ? "02" : "03";
}

/** Whether a key that `parsePublicKey` returned is a point of the curve. Euler's criterion: x³ + 7 needs a square root. */
export function isOnCurve(key: string): boolean {
  // It is never 0 on this curve.
  return power(ySquareOf(key), (P - 1n) / 2n) === 1n;
}

/** x³ + 7. */
function ySquareOf(key: string): bigint {
  const x = BigInt(`0x${key.slice(2, 66)}`);
  return (x * x * x + 7n) % P;
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
