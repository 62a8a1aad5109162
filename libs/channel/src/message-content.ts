import { decodeFrame } from "@p4/protocol";
import type { RecordedMessage } from "./recorded-message.ts";

/**
 * Whether two messages say the same: key, correlation id and the body's text are equal. Ids of the wrapper, times and
 * headers may differ, since a wallet that sends again may make them anew.
 */
export function isSameContent(left: RecordedMessage, right: RecordedMessage): boolean {
  if (left.raw === right.raw) return true;
  if (left.key !== right.key || left.correlationId !== right.correlationId) return false;
  return bodyTextOf(left) === bodyTextOf(right);
}

/** The body in the text in which its sender wrote it; null when there is none. */
export function bodyTextOf({ raw }: RecordedMessage): string | null {
  const frame = decodeFrame(raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  return frame.ok ? frame.message.bodyText : null;
}
