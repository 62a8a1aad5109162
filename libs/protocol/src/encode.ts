import { encodeListHeaders, encodeTextHeaders } from "./headers.ts";
import type { Dialect, Message, RawMember } from "./message.ts";

/** `both` is for a peer that has not spoken yet: `key` and `type`, headers as lists, which a Go peer needs. */
export type Encoding = Dialect | "both";

/**
 * One frame as text. The body is spliced in as it is, unknown members follow in their order.
 * `dpp` and `both` end with a newline, as Go writes it; `p4` has none.
 */
export function encodeMessage(message: Message, encoding: Encoding): string {
  switch (encoding) {
    case "p4":
      return `${encodeDocument(message, "", encodeTextHeaders(message.headers))}}`;
    case "dpp":
      return encodeDpp(message);
    case "both":
      return encodeBoth(message);
  }
}

/** The document's members in the document's order, still open at the end. It has no `clientID`: that stays out. */
function encodeDocument(message: Message, type: string, headers: string): string {
  return (
    `{"id":${quote(message.id)},"key":${quote(message.key)}${type},"body":${message.bodyText ?? "null"}` +
    `,"messageId":${quote(message.messageId)},"correlationID":${quote(message.correlationId)}` +
    optionalText("timestamp", message.timestamp) +
    `,"headers":${headers}` +
    optionalText("expiration", message.expiration) +
    `,"channelID":${quote(message.channelId)},"appId":${quote(message.appId)},"userId":${quote(message.userId)}` +
    encodeExtra(message.extra)
  );
}

/** Go reads the document's spellings of the ids as well: it compares member names without regard to case. */
function encodeBoth(message: Message): string {
  const document = encodeDocument(message, `,"type":${quote(message.key)}`, encodeListHeaders(message.headers));
  return `${document},"clientID":${quote(message.clientId)}}\n`;
}

/** Member order of Go's own frames. `id` is written only when the sender gave one of its own: Go passes over it. */
function encodeDpp(message: Message): string {
  return (
    `{"correlationId":${quote(message.correlationId)},"appId":${quote(message.appId)}` +
    `,"clientID":${quote(message.clientId)},"userId":${quote(message.userId)}` +
    `,"expiration":${message.expiration === null ? "null" : quote(message.expiration)}` +
    `,"body":${message.bodyText ?? "null"},"messageId":${quote(message.messageId)}` +
    `,"channelId":${quote(message.channelId)}` +
    optionalText("timestamp", message.timestamp) +
    `,"type":${quote(message.key)},"headers":${encodeListHeaders(message.headers)}` +
    (message.id === "" || message.id === message.messageId ? "" : `,"id":${quote(message.id)}`) +
    `${encodeExtra(message.extra)}}\n`
  );
}

/** A time that is not known is left out: neither `""` nor, for some readers, `null` is a time. */
function optionalText(name: string, text: string | null): string {
  return text === null ? "" : `,"${name}":${quote(text)}`;
}

function encodeExtra(extra: readonly RawMember[]): string {
  let json = "";
  for (const [name, raw] of extra) json += `,${quote(name)}:${raw}`;
  return json;
}

function quote(text: string): string {
  return text === "" ? '""' : JSON.stringify(text);
}
