/**
 * The two primitives that every check here is built from. Implementations: `sdkCrypto` (anywhere, browsers too) and the
 * OpenSSL one for Node, which is many times faster.
 */
export interface SpvCrypto {
  sha256(data: Uint8Array): Uint8Array;
  /**
   * ECDSA over secp256k1 and SHA-256 of `message` (Node cannot verify over a digest). High S is valid. False, never an exception, for a key that is not a point of the curve or a
   * signature that is not DER: callers check the strict form first but leave the curve equation to this function.
   */
  verifyEcdsaSha256(message: Uint8Array, signatureDer: Uint8Array, publicKeySec1: Uint8Array): boolean;
}

/** Bitcoin's double SHA-256. */
export function hash256(crypto: SpvCrypto, data: Uint8Array): Uint8Array {
  return crypto.sha256(crypto.sha256(data));
}
