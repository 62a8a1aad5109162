import { loadLibsecp256k1 } from "./libsecp256k1-ecdsa.ts";
import { verifyByOpenssl } from "./openssl-ecdsa.ts";

const verifyByLibsecp256k1 = await loadLibsecp256k1();

/** Which library verifies on this machine. */
export const ecdsaLibrary = verifyByLibsecp256k1 === null ? "OpenSSL" : "libsecp256k1";

/**
 * ECDSA over secp256k1 and SHA-256 of `message`. High S is valid. False, never an exception, for a key that is not a
 * point of the curve or a signature that is not DER. Both libraries accept the same.
 */
export const verifyEcdsaSha256: (message: Uint8Array, signatureDer: Uint8Array, publicKeySec1: Uint8Array) => boolean =
  verifyByLibsecp256k1 ?? verifyByOpenssl;
