import { constantTimeEqual, hmacSha256, sha256Hex } from "./hash.ts";

export type TokenRole = "merchant" | "customer";

/** What a join token grants: one role on one channel, until a time or without expiry. */
export interface JoinGrant {
  readonly channelId: string;
  readonly role: TokenRole;
  /** Unix time in ms; left out: the token never ends. */
  readonly expiresAtMs?: number;
}

export type TokenVerdict =
  | {
      readonly valid: true;
      readonly role: TokenRole;
      /** Unix time in ms; null: the token never ends. */
      readonly expiresAtMs: number | null;
      /** Which of the secrets signed it. */
      readonly secretIndex: number;
    }
  | { readonly valid: false; readonly reason: "malformed" | "expired" | "wrongSignature" };

const tokenPattern = /^(merchant|customer)\.(0|[1-9]\d{0,15})\.([A-Za-z0-9_-]{43})$/;

/** `role.expiresAtMs.mac`: the channel id is not in it, the server knows which channel is being joined. 0 means no end. */
export function signToken(secret: string, grant: JoinGrant): string {
  const expiresAtMs = grant.expiresAtMs ?? 0;
  return `${grant.role}.${String(expiresAtMs)}.${mac(secret, grant.channelId, grant.role, String(expiresAtMs))}`;
}

/**
 * Checks a token for one channel: any of the secrets may have signed it, so that one can follow another. The signature
 * is checked before the time, so a forger learns nothing from "expired".
 */
export function verifyToken(secrets: readonly string[], channelId: string, token: string, nowMs: number): TokenVerdict {
  const parts = tokenPattern.exec(token);
  if (parts === null) return { valid: false, reason: "malformed" };
  const [, role, expires, signature] = parts as unknown as [string, TokenRole, string, string];
  const secretIndex = secrets.findIndex((secret) =>
    constantTimeEqual(signature, mac(secret, channelId, role, expires)),
  );
  if (secretIndex === -1) return { valid: false, reason: "wrongSignature" };
  const expiresAtMs = expires === "0" ? null : Number(expires);
  if (expiresAtMs !== null && nowMs >= expiresAtMs) return { valid: false, reason: "expired" };
  return { valid: true, role, expiresAtMs, secretIndex };
}

/** Names a token without giving it away: the SHA-256 of its text, in hex. */
export function tokenIdOf(token: string): string {
  return sha256Hex(token);
}

// The first part keeps a MAC made for another purpose with the same secret from passing as a token; a newline is in no part.
function mac(secret: string, channelId: string, role: TokenRole, expires: string): string {
  return hmacSha256(secret, `p4-join-v1\n${channelId}\n${role}\n${expires}`);
}
