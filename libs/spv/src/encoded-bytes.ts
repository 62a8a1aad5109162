import { hexToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";

const HEX = /^[0-9a-fA-F]*$/;
const NOT_A_DIGIT = 255;
const DIGIT_VALUES = new Uint8Array(128).fill(NOT_A_DIGIT);
[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].forEach((digit, value) => {
  DIGIT_VALUES[digit.charCodeAt(0)] = value;
});
// The URL alphabet's two digits of their own.
DIGIT_VALUES["-".charCodeAt(0)] = 62;
DIGIT_VALUES["_".charCodeAt(0)] = 63;

/**
 * Bytes as wallets write them in JSON: hexadecimal, base64 (either alphabet, with or without padding), a list of byte
 * values, or Node's `{type: "Buffer", data: [...]}`. Text of hexadecimal digits alone is hexadecimal.
 * Throws SPV_HEX_INVALID with `field` in its message; `maxBytes` bounds what is allocated (SPV_TOO_LARGE).
 */
export function encodedBytes(value: unknown, field: string, maxBytes: number): Uint8Array {
  if (typeof value === "string") {
    const isHex = HEX.test(value);
    requireAtMost(isHex ? value.length / 2 : (value.length / 4) * 3, maxBytes, field);
    return isHex ? hexToBytes(value, field) : base64ToBytes(value, field);
  }
  const list = byteListOf(value);
  if (list === null) throw new SpvError("SPV_HEX_INVALID", `${field}: neither hex, base64 nor a list of bytes`);
  requireAtMost(list.length, maxBytes, field);
  return listToBytes(list, field);
}

/** Whether `value` is written as one string of bytes, and not, say, as a list of several. */
export function isEncodedBytes(value: unknown): boolean {
  return typeof value === "string" || typeof byteListOf(value)?.[0] === "number";
}

function byteListOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (typeof value !== "object" || value === null) return null;
  const { type, data } = value as { type?: unknown; data?: unknown };
  return type === "Buffer" && Array.isArray(data) ? (data as readonly unknown[]) : null;
}

function listToBytes(list: readonly unknown[], field: string): Uint8Array {
  const bytes = new Uint8Array(list.length);
  for (let at = 0; at < list.length; at++) {
    const byte = list[at];
    if (typeof byte !== "number" || !Number.isInteger(byte) || byte < 0 || byte > 255) {
      throw new SpvError("SPV_HEX_INVALID", `${field}: entry ${at} is not a byte`);
    }
    bytes[at] = byte;
  }
  return bytes;
}

function base64ToBytes(text: string, field: string): Uint8Array {
  let digits = text.length;
  while (digits > 0 && text.length - digits < 2 && text.charCodeAt(digits - 1) === 0x3d) digits--;
  // One digit alone is less than a byte.
  if (digits % 4 === 1) throw new SpvError("SPV_HEX_INVALID", `${field}: neither hex nor base64`);
  const bytes = new Uint8Array(Math.floor((digits * 3) / 4));
  let [held, heldBits, at] = [0, 0, 0];
  for (let i = 0; i < digits; i++) {
    const value = DIGIT_VALUES[text.charCodeAt(i)] ?? NOT_A_DIGIT;
    if (value === NOT_A_DIGIT) throw new SpvError("SPV_HEX_INVALID", `${field}: neither hex nor base64`);
    held = ((held << 6) | value) & 0xffff;
    heldBits += 6;
    if (heldBits < 8) continue;
    heldBits -= 8;
    bytes[at++] = (held >> heldBits) & 0xff;
  }
  return bytes;
}

function requireAtMost(bytes: number, maxBytes: number, field: string): void {
  if (bytes > maxBytes) throw new SpvError("SPV_TOO_LARGE", `${field}: more than ${maxBytes} bytes`);
}
