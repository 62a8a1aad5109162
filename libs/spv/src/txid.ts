import { SpvError } from "./errors.ts";

const TXID = /^[0-9a-fA-F]{64}$/;

/** Lower-cases a transaction id. Throws SPV_TXID_INVALID unless it is 64 hex digits. */
export function parseTxid(value: unknown, field: string): string {
  if (typeof value !== "string" || !TXID.test(value)) {
    throw new SpvError("SPV_TXID_INVALID", `${field}: must be 64 hex digits`);
  }
  return value.toLowerCase();
}

export function requireSameTxid(actual: string, expected: string, field: string): void {
  if (actual !== expected) throw new SpvError("SPV_TXID_MISMATCH", `${field}: is ${actual}, not ${expected}`);
}
