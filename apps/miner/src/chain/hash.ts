import { sha256 } from "@p4/node-crypto";
import { sdkCrypto, type SpvCrypto } from "@p4/spv";

/** What libs/spv parses with: hashing by OpenSSL. */
export const sha256Crypto: SpvCrypto = { ...sdkCrypto, sha256 };

/** Double SHA-256, the hash of every block header, transaction and Merkle node. 32 bytes in wire order. */
export function sha256d(bytes: Uint8Array): Uint8Array {
  return sha256(sha256(bytes));
}

/** Wire order (little-endian) bytes as the hexadecimal text people read: reversed. */
export function toDisplayHex(wire: Uint8Array): string {
  return Buffer.from(wire).reverse().toString("hex");
}

/** The reverse of `toDisplayHex`. The text must be valid hexadecimal. */
export function fromDisplayHex(display: string): Buffer {
  return Buffer.from(display, "hex").reverse();
}
