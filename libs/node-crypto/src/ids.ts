import { randomBytes, randomUUID } from "node:crypto";

/** A random UUID, version 4. */
export function uuid(): string {
  return randomUUID();
}

/** `sizeBytes` of randomness as base64url text: a legal channel id, subject token and header value. Default 16 bytes, 22 characters. */
export function randomId(sizeBytes = 16): string {
  return randomBytes(sizeBytes).toString("base64url");
}
