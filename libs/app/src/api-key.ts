import { randomBytes } from "node:crypto";
import { constantTimeEqual, randomId, sha256Hex } from "@p4/node-crypto";

/** What a key may be good for at the merchant's wallet. */
export const apiKeyScopes = [
  "invoices:read",
  "invoices:write",
  "refunds:write",
  "webhooks:write",
  "wallet:read",
  "wallet:write",
] as const;
export type ApiKeyScope = (typeof apiKeyScopes)[number];

/** A key as stored: nothing of its text but hashes. Times in ms since 1970. */
export interface ApiKey {
  readonly version: 1;
  /** 12 hex digits, part of the key's text. */
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAtMs: number;
  /** The newest first. `endsAtMs`: a rotation has replaced it; null: in force. At most two. */
  readonly secrets: readonly { readonly sha256: string; readonly endsAtMs: number | null }[];
  readonly revokedAtMs: number | null;
}

/** A key just made: its text is shown once and stored nowhere. */
export interface IssuedApiKey {
  readonly key: ApiKey;
  readonly text: string;
}

export function issueApiKey(name: string, scopes: readonly ApiKeyScope[], nowMs: number): IssuedApiKey {
  const id = randomBytes(6).toString("hex");
  const { text, sha256 } = newSecret(id);
  const secrets = [{ sha256, endsAtMs: null }];
  return { text, key: { version: 1, id, name, scopes, createdAtMs: nowMs, secrets, revokedAtMs: null } };
}

/** A new text under the same id and scopes; the one before it is good for `overlapMs` more, any older one no longer. */
export function rotateApiKey(key: ApiKey, nowMs: number, overlapMs: number): IssuedApiKey {
  const { text, sha256 } = newSecret(key.id);
  const before = key.secrets.slice(0, 1).map((secret) => ({ ...secret, endsAtMs: nowMs + overlapMs }));
  return { text, key: { ...key, secrets: [{ sha256, endsAtMs: null }, ...before] } };
}

export function revokeApiKey(key: ApiKey, nowMs: number): ApiKey {
  return key.revokedAtMs === null ? { ...key, revokedAtMs: nowMs } : key;
}

/** The id in a key's text; null for what is no key. */
export function apiKeyIdOf(text: string): string | null {
  return /^p4k_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/.exec(text)?.[1] ?? null;
}

/** Whether the text is this key's and the key is in force. Every stored hash is compared, each in constant time. */
export function apiKeyHolds(key: ApiKey, text: string, nowMs: number): boolean {
  const sha256 = sha256Hex(text);
  let holds = false;
  for (const secret of key.secrets) {
    const isInForce = secret.endsAtMs === null || nowMs < secret.endsAtMs;
    if (constantTimeEqual(secret.sha256, sha256) && isInForce) holds = true;
  }
  return holds && key.revokedAtMs === null;
}

/** 256 random bits: a plain hash is enough, there is nothing to guess. */
function newSecret(id: string): { readonly text: string; readonly sha256: string } {
  const text = `p4k_${id}_${randomId(32)}`;
  return { text, sha256: sha256Hex(text) };
}
