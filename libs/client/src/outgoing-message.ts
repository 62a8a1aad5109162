import { decodeFrame, describeWireError, type Dialect, encodeMessage, type MessageHeaders } from "@p4/protocol";
import type { NewEntry } from "./core/outbox.ts";
import { sessionError } from "./errors.ts";
import { randomId } from "./random-id.ts";

export interface OutgoingMessage {
  readonly key: string;
  /** The body as JSON text; null or left out for none. */
  readonly bodyText?: string | null;
  /** Stays the same through every repetition. Default: a new UUID. */
  readonly messageId?: string;
  /** Default: the messageId, so that the answer can be told from others. */
  readonly correlationId?: string;
  readonly headers?: MessageHeaders;
}

/**
 * Bodies are given as value or, where their exact text matters (numbers beyond 2^53), as JSON text. Programs without types
 * give anything: an answer that was forgotten must not become a body of none, which would accept a payment.
 *
 * @throws SessionError MESSAGE_INVALID
 */
export function bodyTextOf(body: unknown): string {
  if (typeof body === "string") return body;
  if (typeof body !== "object" || body === null) throw unreadable("body: must be an object or JSON text");
  let text: string | undefined;
  try {
    text = JSON.stringify(body);
  } catch (error) {
    throw unreadable(`body: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === undefined) throw unreadable("body: must be an object or JSON text");
  return text;
}

function unreadable(rule: string): Error {
  return sessionError("MESSAGE_INVALID", rule);
}

export interface FrameContext {
  readonly channelId: string;
  readonly nowMs: number;
  readonly dialect: Dialect;
  readonly appId: string;
}

/**
 * Encoded once: a repetition is the same bytes. What a server cannot read it cannot name either when it refuses it, so the
 * message would be sent again and again: it is read here first.
 *
 * @throws SessionError MESSAGE_INVALID
 */
export function outgoingEntry(outgoing: OutgoingMessage, context: FrameContext): NewEntry {
  const messageId = outgoing.messageId ?? randomId();
  const correlationId = outgoing.correlationId ?? messageId;
  const text = encodeMessage(
    {
      key: outgoing.key,
      id: messageId,
      messageId,
      correlationId,
      channelId: context.channelId,
      timestamp: new Date(context.nowMs).toISOString(),
      expiration: null,
      headers: outgoing.headers ?? [],
      appId: context.appId,
      userId: "",
      clientId: "",
      bodyText: outgoing.bodyText ?? null,
      extra: [],
    },
    context.dialect,
  );
  const frame = decodeFrame(text, { maxBytes: Infinity });
  if (!frame.ok) throw unreadable(describeWireError(frame.error));
  return { messageId, correlationId, key: outgoing.key, text };
}
