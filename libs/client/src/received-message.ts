import { describeWireError, headerValue, type Message, type ParsedBody, recogniseBody, type Role } from "@p4/protocol";
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

/** The granted role, from `join.success`. */
export function roleOf({ headers }: Message): Role | null {
  const role = headerValue(headers, "x-p4-role");
  return role === "merchant" || role === "customer" ? role : null;
}

/** Whether the role that was asked for is granted, from `join.success`; a server that does not say grants it. */
export function hasSeatIn({ headers }: Message): boolean {
  return headerValue(headers, "x-p4-role") !== "none";
}

/** Whether a merchant is connected, from `join.success` and receipts; null where it does not say. */
export function merchantPresentIn({ headers }: Message): boolean | null {
  const text = headerValue(headers, "x-p4-merchant");
  return text === null ? null : text === "present";
}

/** The server's limit, from `join.success`. */
export function maxMessageBytesOf({ headers }: Message): number | null {
  const text = headerValue(headers, "x-p4-max-message-bytes");
  return text === null || !/^\d{1,15}$/.test(text) ? null : Number(text);
}

/** The body as one of the known vocabularies. Throws BODY_INVALID, which names the field and the rule. */
export function typedBody({ key, bodyText }: Pick<ReceivedMessage, "key" | "bodyText">): ParsedBody {
  const result = recogniseBody(key, bodyText);
  if (!result.ok) throw sessionError("BODY_INVALID", `${key}, ${describeWireError(result.error)}`);
  return result.body;
}
