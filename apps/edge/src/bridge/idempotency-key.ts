import { sha256Hex } from "@p4/node-crypto";

const longestKey = 255;

/**
 * The messageId that stands for an `Idempotency-Key`. The log remembers it for as long as the channel, whichever node
 * the retry meets. Undefined: no key. Null: one that is too long.
 */
export function keyedMessageId(key: string | undefined): string | null | undefined {
  if (key === undefined || key === "") return undefined;
  return key.length > longestKey ? null : `idem-${sha256Hex(key)}`;
}
