import { utf8Bytes, utf8Text } from "./bytes.ts";
import type { JsonEnvelope } from "./envelope.ts";
import { SpvError } from "./errors.ts";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The exact bytes that were signed: never re-serialised, trimmed or unescaped. */
export function payloadBytes(envelope: JsonEnvelope): Uint8Array {
  if (envelope.encoding === "utf-8") return utf8Bytes(envelope.payload);
  if (!BASE64.test(envelope.payload)) throw new SpvError("SPV_ENVELOPE_INVALID", "payload: not base64");
  const binary = atob(envelope.payload);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** The payload as text. Throws SPV_ENVELOPE_INVALID when base64 bytes are not UTF-8. */
export function payloadText(envelope: JsonEnvelope, bytes: Uint8Array): string {
  if (envelope.encoding === "utf-8") return envelope.payload;
  try {
    return utf8Text(bytes);
  } catch {
    throw new SpvError("SPV_ENVELOPE_INVALID", "payload: bytes are not UTF-8");
  }
}
