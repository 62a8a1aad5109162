import { BigNumber, ECDSA, Hash, PublicKey, Signature } from "@bsv/sdk";
import type { SpvCrypto } from "./spv-crypto.ts";

/** @bsv/sdk's JavaScript primitives: slower than OpenSSL, but the same in a browser. */
export const sdkCrypto: SpvCrypto = {
  sha256(data) {
    return Uint8Array.from(new Hash.SHA256().update(data).digest());
  },
  verifyEcdsaSha256(message, signatureDer, publicKeySec1) {
    try {
      const publicKey = PublicKey.fromDER(Array.from(publicKeySec1));
      const signature = Signature.fromDER(Array.from(signatureDer));
      return (
        publicKey.validate() && ECDSA.verify(new BigNumber(Hash.sha256(Array.from(message))), signature, publicKey)
      );
    } catch {
      // The sdk throws for what is merely not valid.
      return false;
    }
  },
};
