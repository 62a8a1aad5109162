import { constantTimeEqual, hmacSha256 } from "@p4/node-crypto";

/** How long a login holds: a working day. */
export const sessionMs = 12 * 60 * 60 * 1000;

/**
 * Sessions without memory: `<end>.<nonce>.<mark>`, marked with the operator's key, so that each edge of a cluster knows
 * them and another key ends them all. The key itself is never in it.
 */
export function makeSession(key: string, nonce: string, nowMs: number): string {
  const claim = `${String(nowMs + sessionMs)}.${nonce}`;
  return `${claim}.${markOf(key, claim)}`;
}

export function isSession(key: string, text: string, nowMs: number): boolean {
  const [, claim, endsAtMs, mark] = /^((\d{1,15})\.[A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (claim === undefined || mark === undefined) return false;
  return constantTimeEqual(mark, markOf(key, claim)) && nowMs < Number(endsAtMs);
}

/** Whether this is the key, in a time that tells nothing of where it differs. */
export function isKey(key: string, text: string): boolean {
  return constantTimeEqual(key, text);
}

function markOf(key: string, claim: string): string {
  return hmacSha256(key, `p4 console ${claim}`);
}
