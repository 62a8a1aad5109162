/** `p4` is the document's wrapper (`key`, `channelID`), `dpp` the one of the deployed Go library (`type`, `channelId`). */
export type Dialect = "p4" | "dpp";

export type Role = "merchant" | "customer";

/** Who may emit a message. */
export type Sender = Role | "server";

/** In the order of the frame; names keep their spelling; a name may have any number of values. */
export type MessageHeaders = readonly (readonly [name: string, values: readonly string[]])[];

/** An unknown top-level member, as the exact JSON text it arrived with. */
export type RawMember = readonly [name: string, rawJson: string];

/** One message, whatever dialect it came in. An absent text member is `""`, an absent time or body is `null`. */
export interface Message {
  readonly key: string;
  /** The document's `id`. The `dpp` dialect has none. */
  readonly id: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly channelId: string;
  /** RFC 3339, as written by the sender. */
  readonly timestamp: string | null;
  /** RFC 3339, as written by the sender. */
  readonly expiration: string | null;
  readonly headers: MessageHeaders;
  readonly appId: string;
  readonly userId: string;
  /** Id of the sending connection. The server sets it; what a peer claims is not to be believed. */
  readonly clientId: string;
  /** The body's own JSON text, never re-serialised, so that numbers beyond 2^53 and `1.0` survive. */
  readonly bodyText: string | null;
  readonly extra: readonly RawMember[];
}

export interface ServerMessageInput {
  readonly key: string;
  readonly channelId: string;
  readonly messageId: string;
  readonly timestampMs: number;
  readonly correlationId?: string;
  readonly bodyText?: string | null;
  readonly headers?: MessageHeaders;
  readonly clientId?: string;
  readonly appId?: string;
}

/** Builds a message that the server itself emits. Time and ids come from the caller. */
export function serverMessage(input: ServerMessageInput): Message {
  return {
    key: input.key,
    id: input.messageId,
    messageId: input.messageId,
    correlationId: input.correlationId ?? "",
    channelId: input.channelId,
    timestamp: new Date(input.timestampMs).toISOString(),
    expiration: null,
    headers: input.headers ?? [],
    appId: input.appId ?? "p4",
    userId: "",
    clientId: input.clientId ?? "",
    bodyText: input.bodyText ?? null,
    extra: [],
  };
}

/** First value of a header, its name compared without regard to case; `null` when absent or empty. */
export function headerValue(headers: MessageHeaders, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const [candidate, values] of headers) {
    if (candidate.toLowerCase() === wanted) return values[0] ?? null;
  }
  return null;
}
