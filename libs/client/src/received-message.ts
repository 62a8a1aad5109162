import { describeWireError, headerValue, type Message, parseBody, type ParsedBody } from "@p4/protocol";
import { sessionError } from "./errors.ts";

/** A message from the other wallet or from the server. */
export interface ReceivedMessage {
  readonly key: string;
  /** Its place in the channel's log; null when the server does not say. */
  readonly sequence: number | null;
  /** The body exactly as it was sent. */
  readonly bodyText: string | null;
  readonly message: Message;
}

/** A message whose body has been read as one of the known vocabularies. */
export interface TypedMessage extends ReceivedMessage {
  readonly body: ParsedBody;
}

export function receivedMessage(message: Message): ReceivedMessage {
  return { key: message.key, sequence: sequenceOf(message), bodyText: message.bodyText, message };
}

export function sequenceOf(message: Message): number | null {
  const text = headerValue(message.headers, "x-p4-sequence");
  return text === null || !/^\d{1,15}$/.test(text) ? null : Number(text);
}

/** The body as one of the known vocabularies. Throws BODY_INVALID, which names the field and the rule. */
export function typedBody({ key, bodyText }: Pick<ReceivedMessage, "key" | "bodyText">): ParsedBody {
  const result = parseBody(key, bodyText);
  if (!result.ok) throw sessionError("BODY_INVALID", `${key}, ${describeWireError(result.error)}`);
  return result.body;
}
