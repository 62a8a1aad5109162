import { decodeFrame, parseBody, type ParsedBody } from "@p4/protocol";
import type { RecordedMessage } from "./recorded-message.ts";

/** The body of a wallet's message in the vocabulary that it is written in; `opaque` where it is in none that is known. */
export function parsedBodyOf({ key, raw }: Pick<RecordedMessage, "key" | "raw">): ParsedBody {
  const frame = decodeFrame(raw, { maxBytes: Number.MAX_SAFE_INTEGER });
  const parsed = frame.ok ? parseBody(key, frame.message.bodyText) : null;
  return parsed?.ok === true ? parsed.body : { form: "opaque" };
}
