import { createHmac } from "node:crypto";
import { constantTimeEqual } from "./hash.ts";

/** The header in which a webhook's signatures are. */
export const webhookSignatureHeader = "p4-signature";

/**
 * `t=<Unix time in s>,v1=<hex>[,v1=<hex>]`: HMAC-SHA256 of `<t>.<body>`, one for each secret in force, so that a receiver that knows
 * the old or the new one takes it.
 */
export function signWebhook(secrets: readonly string[], body: string, atMs: number): string {
  const seconds = String(Math.floor(atMs / 1_000));
  return [`t=${seconds}`, ...secrets.map((secret) => `v1=${mac(secret, seconds, body)}`)].join(",");
}

/** Whether one of the signatures is of this secret and at most `toleranceMs` old (or early). For receivers. */
export function verifyWebhook(
  secret: string,
  header: string,
  body: string,
  nowMs: number,
  toleranceMs = 300_000,
): boolean {
  const parts = header.split(",").map((part) => part.trim());
  const [, seconds] = /^t=(\d{1,12})$/.exec(parts[0] ?? "") ?? [];
  if (seconds === undefined || Math.abs(nowMs - Number(seconds) * 1_000) > toleranceMs) return false;
  const expected = mac(secret, seconds, body);
  return parts.slice(1, 9).some((part) => part.startsWith("v1=") && constantTimeEqual(part.slice(3), expected));
}

function mac(secret: string, seconds: string, body: string): string {
  return createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex");
}
