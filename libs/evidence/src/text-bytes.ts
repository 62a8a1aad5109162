import { bytesToHex, type SpvCrypto } from "@p4/spv";

const encoder = new TextEncoder();
// Fatal, and the byte order mark kept: a lenient decoder maps different bytes to the same text.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8Bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Null when the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}

/** SHA-256 of a text's UTF-8 bytes, as lower-case hex. */
export function sha256Text(crypto: SpvCrypto): (text: string) => string {
  return (text) => bytesToHex(crypto.sha256(utf8Bytes(text)));
}
