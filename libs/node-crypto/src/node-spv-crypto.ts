import { sdkCrypto, type SpvCrypto } from "@p4/spv";
import { verifyEcdsaSha256 } from "./ecdsa.ts";
import { sha256 } from "./hash.ts";

/**
 * The OpenSSL implementation of the port. The port verifies over a digest, Node only over a message, so the message of the last
 * `sha256` call is remembered: the usual `verifyEcdsa(sha256(message), ...)` goes to OpenSSL, any other digest to @bsv/sdk. The
 * digest is compared with that of the remembered message, so the answer is right whoever called in between.
 */
export function createNodeCrypto(): SpvCrypto {
  let lastMessage: Uint8Array = new Uint8Array(0);
  return {
    sha256(data) {
      lastMessage = data;
      return sha256(data);
    },
    verifyEcdsa(digest32, signatureDer, publicKeySec1) {
      if (Buffer.compare(sha256(lastMessage), digest32) === 0) {
        return verifyEcdsaSha256(lastMessage, signatureDer, publicKeySec1);
      }
      return sdkCrypto.verifyEcdsa(digest32, signatureDer, publicKeySec1);
    },
  };
}
