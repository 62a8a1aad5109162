import { encodeListHeaders, encodeTextHeaders } from "./headers.ts";
import type { Dialect, Message, RawMember } from "./message.ts";

/**
 * One frame as text. The body is spliced in as it is, unknown members follow in their order.
 * A `dpp` frame ends with a newline, as Go writes it; a `p4` frame has none.
 */
export function encodeMessage(message: Message, dialect: Dialect): string {
  return dialect === "p4" ? encodeP4(message) : encodeDpp(message);
}

/** Member order of the document. It has no `clientID`, so that one stays with the server. */
function encodeP4(message: Message): string {
  return (
    `{"id":${quote(message.id)},"key":${quote(message.key)},"body":${message.bodyText ?? "null"}` +
    `,"messageId":${quote(message.messageId)},"correlationID":${quote(message.correlationId)}` +
    optionalText("timestamp", message.timestamp) +
    `,"headers":${encodeTextHeaders(message.headers)}` +
    optionalText("expiration", message.expiration) +
    `,"channelID":${quote(message.channelId)},"appId":${quote(message.appId)},"userId":${quote(message.userId)}` +
    `${encodeExtra(message.extra)}}`
  );
}

/** Member order of Go's own frames. `id` is written only when the sender gave one: a Go peer passes over it. */
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

/** A time that is not known is left out: `""` and, for some readers, `null` are not times. */
function optionalText(name: string, text: string | null): string {
  return text === null ? "" : `,"${name}":${quote(text)}`;
}

/** Unknown members, spliced in as they came. */
export function encodeExtra(extra: readonly RawMember[]): string {
  let json = "";
  for (const [name, raw] of extra) json += `,${quote(name)}:${raw}`;
  return json;
}

function quote(text: string): string {
  return text === "" ? '""' : JSON.stringify(text);
}
