import { encodeListHeaders, encodeTextHeaders } from "./headers.ts";
import type { Dialect, Message, RawMember } from "./message.ts";
import { nameOfKey, type TermsNames } from "./terms-names.ts";

/**
 * `both` and `bothGo` are for a peer that has not spoken yet: `key` and `type` in one frame. `both` has the document's
 * headers, plain text; `bothGo` has lists, without which a Go peer closes its socket.
 */
export type Encoding = Dialect | "both" | "bothGo";

/**
 * One frame as text. The body is spliced in as it is, unknown members follow in their order.
 * `p4` has no newline at its end, the others have one, as Go writes it. `names` tells what the peer calls the payment
 * terms' messages. `unknown` matters in `dpp` alone: there such a message has `key` beside `type`, each with another name.
 */
export function encodeMessage(
  message: Message,
  encoding: Encoding,
  names: TermsNames | "unknown" = "paymentrequest",
): string {
  const name = nameOfKey(message.key, names === "paymentterms" ? names : "paymentrequest");
  switch (encoding) {
    case "p4":
      return `${encodeDocument(message, `"key":${quote(name)}`, encodeTextHeaders(message.headers))}}`;
    case "dpp":
      return encodeDpp(message, names);
    case "both":
      return encodeBoth(message, name, encodeTextHeaders(message.headers));
    case "bothGo":
      return encodeBoth(message, name, encodeListHeaders(message.headers));
  }
}

/** The document's members in the document's order, still open at the end. It has no `clientID`: that stays out. */
function encodeDocument(message: Message, key: string, headers: string): string {
  return (
    `{"id":${quote(message.id)},${key},"body":${message.bodyText ?? "null"}` +
    `,"messageId":${quote(message.messageId)},"correlationID":${quote(message.correlationId)}` +
    optionalText("timestamp", message.timestamp) +
    `,"headers":${headers}` +
    optionalText("expiration", message.expiration) +
    `,"channelID":${quote(message.channelId)},"appId":${quote(message.appId)},"userId":${quote(message.userId)}` +
    encodeExtra(message.extra)
  );
}

/** Go reads the document's spellings of the ids as well: it compares member names without regard to case. */
function encodeBoth(message: Message, name: string, headers: string): string {
  const document = encodeDocument(message, `"key":${quote(name)},"type":${quote(name)}`, headers);
  return `${document},"clientID":${quote(message.clientId)}}\n`;
}

/** Member order of Go's own frames. `id` is written only when the sender gave one of its own: Go passes over it. */
function encodeDpp(message: Message, names: TermsNames | "unknown"): string {
  return (
    `{"correlationId":${quote(message.correlationId)},"appId":${quote(message.appId)}` +
    `,"clientID":${quote(message.clientId)},"userId":${quote(message.userId)}` +
    `,"expiration":${message.expiration === null ? "null" : quote(message.expiration)}` +
    `,"body":${message.bodyText ?? "null"},"messageId":${quote(message.messageId)}` +
    `,"channelId":${quote(message.channelId)}` +
    optionalText("timestamp", message.timestamp) +
    `${encodeType(message.key, names)},"headers":${encodeListHeaders(message.headers)}` +
    (message.id === "" || message.id === message.messageId ? "" : `,"id":${quote(message.id)}`) +
    `${encodeExtra(message.extra)}}\n`
  );
}

/**
 * While it is unknown which names a peer uses, `type` has the one whose wallets end a connection over any other, and
 * `key`, which those wallets do not read, the canonical one.
 */
function encodeType(key: string, names: TermsNames | "unknown"): string {
  const type = nameOfKey(key, names === "unknown" ? "paymentterms" : names);
  return names === "unknown" && type !== key ? `,"key":${quote(key)},"type":${quote(type)}` : `,"type":${quote(type)}`;
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
