import { type Dialect, encodeMessage, type MessageHeaders } from "@p4/protocol";
import type { NewEntry } from "./core/outbox.ts";
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

/** Bodies are given as value or, where their exact text matters (numbers beyond 2^53), as JSON text. */
export function bodyTextOf(body: object | string): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

export interface FrameContext {
  readonly channelId: string;
  readonly nowMs: number;
  readonly dialect: Dialect;
  readonly appId: string;
}

/** Encoded once: a repetition is the same bytes. */
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
  return { messageId, correlationId, key: outgoing.key, text };
}
