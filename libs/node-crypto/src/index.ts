export { signWebhook, verifyWebhook, webhookSignatureHeader } from "./webhook-signature.ts";
export { verifyEcdsaSha256 } from "./ecdsa.ts";
export { constantTimeEqual, hmacSha256, sha256, sha256Hex } from "./hash.ts";
export { randomId, uuid } from "./ids.ts";
export { signToken, tokenIdOf, verifyToken, type TokenRole } from "./join-token.ts";
export { nodeCrypto } from "./node-spv-crypto.ts";
