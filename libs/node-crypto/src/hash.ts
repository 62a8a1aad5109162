import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";

/** SHA-256 of bytes, or of a text's UTF-8 bytes. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return hash("sha256", data, "buffer");
}

/** SHA-256 as 64 lower-case hex digits. The one-shot call is half again as fast as a hash object. */
export function sha256Hex(data: Uint8Array | string): string {
  return hash("sha256", data, "hex");
}

/** HMAC-SHA256 of a text, base64url without padding (43 characters). */
export function hmacSha256(secret: string | Uint8Array, text: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

// Fresh per process: hides from an attacker which of our two digests a chosen text leads to.
const comparisonKey = randomBytes(32);

/** True when both texts are equal, in a time that tells nothing about where or whether they differ, nor how long they are. */
export function constantTimeEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHmac("sha256", comparisonKey).update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
