import { decodeFrame } from "@p4/protocol";
import type { Sha256Hex } from "./event-codec.ts";
import type { RecordedMessage } from "./recorded-message.ts";
import type { ForgottenMessage } from "./remembered-event.ts";

type Remembered = RecordedMessage | ForgottenMessage;

/**
 * Whether a message says the same as an earlier one: key, correlation id and the body's text are equal. Ids of the wrapper,
 * times and headers may differ, since a wallet that sends again may set new ones.
 */
export function isSameContent(earlier: Remembered, message: RecordedMessage, sha256Hex: Sha256Hex): boolean {
  if (earlier.raw === message.raw) return true;
  if (earlier.key !== message.key || earlier.correlationId !== message.correlationId) return false;
  return isSameBody(earlier, message, sha256Hex);
}

export function isSameBody(earlier: Remembered, message: RecordedMessage, sha256Hex: Sha256Hex): boolean {
  if (earlier.raw === null) return earlier.bodySha256 === bodyHash(message, sha256Hex);
  return bodyTextOf(earlier) === bodyTextOf(message);
}

/** SHA-256 (hex) of the body's text; null when there is none. */
export function bodyHash(message: RecordedMessage, sha256Hex: Sha256Hex): string | null {
  const text = bodyTextOf(message);
  return text === null ? null : sha256Hex(text);
}

/** The body in the text in which its sender wrote it; null when there is none. */
export function bodyTextOf({ raw }: RecordedMessage): string | null {
  const frame = decodeFrame(raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  return frame.ok ? frame.message.bodyText : null;
}
