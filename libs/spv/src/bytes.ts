import { SpvError } from "./errors.ts";

const NOT_A_DIGIT = 255;
const DIGIT_VALUES = new Uint8Array(128).fill(NOT_A_DIGIT);
for (let value = 0; value < 16; value++) {
  DIGIT_VALUES[value.toString(16).charCodeAt(0)] = value;
  DIGIT_VALUES[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}
const HEX_OF_BYTE = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const utf8Encoder = new TextEncoder();
const utf8Decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Strict: even length, hex digits only (either case). `field` names the place in the error. */
export function hexToBytes(hex: string, field: string): Uint8Array {
  const length = hex.length >> 1;
  if (length * 2 !== hex.length) throw new SpvError("SPV_HEX_INVALID", `${field}: odd number of hex digits`);
  const bytes = new Uint8Array(length);
  for (let i = 0, at = 0; i < length; i++, at += 2) {
    const high = DIGIT_VALUES[hex.charCodeAt(at)] ?? NOT_A_DIGIT;
    const low = DIGIT_VALUES[hex.charCodeAt(at + 1)] ?? NOT_A_DIGIT;
    if (high === NOT_A_DIGIT || low === NOT_A_DIGIT) throw new SpvError("SPV_HEX_INVALID", `${field}: not hex`);
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

export function bytesToHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += HEX_OF_BYTE[byte];
  return hex;
}

/** Hashes are shown byte-reversed; this turns 64 hex digits as shown into 32 bytes as hashed. */
export function displayHashToBytes(hash: string, field: string): Uint8Array {
  if (hash.length !== 64) throw new SpvError("SPV_HEX_INVALID", `${field}: must be 64 hex digits`);
  return hexToBytes(hash, field).reverse();
}

export function bytesToDisplayHash(bytes: Uint8Array): string {
  let hex = "";
  for (let i = bytes.length - 1; i >= 0; i--) hex += HEX_OF_BYTE[bytes[i] as number];
  return hex;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let total = 0;
  for (const part of parts) total += part.length;
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function utf8Bytes(text: string): Uint8Array {
  return utf8Encoder.encode(text);
}

/** Throws a TypeError for bytes that are not UTF-8. A byte order mark is kept: it is part of what was signed. */
export function utf8Text(bytes: Uint8Array): string {
  return utf8Decoder.decode(bytes);
}
