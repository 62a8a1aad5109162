import { sha256Hex } from "@p4/node-crypto";
import { subjectOf } from "../wallet-subject.ts";

const longestKey = 255;

/**
 * The messageId that stands for an `Idempotency-Key`. The log remembers it for as long as the channel, whichever node
 * the retry meets. The same key of another wallet is another key, where a wallet has shown who it is. Undefined: no key.
 * Null: one that is too long.
 */
export function keyedMessageId(key: string | undefined, wallet: string | null): string | null | undefined {
  if (key === undefined || key === "") return undefined;
  return key.length > longestKey ? null : `idem-${sha256Hex(wallet === null ? key : `${subjectOf(wallet)}\n${key}`)}`;
}
