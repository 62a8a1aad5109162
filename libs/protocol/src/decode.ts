import { messageSpec } from "./catalogue.ts";
import { isChannelId } from "./channel-id.ts";
import { wireError, type WireError } from "./errors.ts";
import { decodeHeaders } from "./headers.ts";
import type { Dialect, Message, MessageHeaders } from "./message.ts";
import { isRfc3339 } from "./rfc3339.ts";
import { defaultMaxDepth } from "./scan.ts";
import { canonicalKey } from "./terms-names.ts";
import { readTopLevel, type TopLevel } from "./top-level.ts";
import { checkWrapperMembers } from "./wrapper-members.ts";

export interface FrameLimits {
  /** Largest frame, in bytes of UTF-8. */
  readonly maxBytes: number;
  /** Deepest nesting; the frame itself is level 1. Default 64. */
  readonly maxDepth?: number;
}

/** What could be read of a refused frame, for the error message to its sender. Unknown members are `""` or `null`. */
export interface FrameOrigin {
  /** As the sender wrote it. */
  readonly key: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly channelId: string;
  readonly bodyText: string | null;
  /** `null` when the frame does not show it. */
  readonly dialect: Dialect | null;
}

export type FrameResult =
  | {
      readonly ok: true;
      readonly message: Message;
      readonly dialect: Dialect;
      /** What the sender calls the message: its key, or that key's other name. */
      readonly name: string;
    }
  | { readonly ok: false; readonly error: WireError; readonly origin: FrameOrigin };

export const unknownOrigin: FrameOrigin = {
  key: "",
  messageId: "",
  correlationId: "",
  channelId: "",
  bodyText: null,
  dialect: null,
};

/**
 * Reads one text frame of either dialect; `key` tells the document's, `type` the Go library's. A message that has a
 * second name is given under its canonical key.
 * Never throws. Whether the sender may send this key on this channel is not decided here.
 */
export function decodeFrame(text: string, limits: FrameLimits): FrameResult {
  const read = readTopLevel(text, limits.maxBytes, limits.maxDepth ?? defaultMaxDepth);
  if (!read.ok) return { ok: false, error: read.error, origin: unknownOrigin };
  const top = read.value;
  const dialect = top.members["key"] === undefined && top.members["type"] !== undefined ? "dpp" : "p4";
  const headers = top.headersText === null ? null : decodeHeaders(top.headersText, top.nameOf("headers"));
  const error = faultOf(top, dialect) ?? (headers?.ok === false ? headers.error : null);
  if (error !== null) return { ok: false, error, origin: originOf(top) };
  const message = messageOf(top, headers?.ok === true ? headers.headers : []);
  return { ok: true, message, dialect, name: nameIn(top) };
}

function faultOf(top: TopLevel, dialect: Dialect): WireError | null {
  return (
    top.fault ??
    checkWrapperMembers(top.members, top.nameOf) ??
    checkKey(top) ??
    checkTime(top, "timestamp", dialect) ??
    checkTime(top, "expiration", dialect) ??
    checkChannelId(top)
  );
}

function checkKey({ members, nameOf }: TopLevel): WireError | null {
  const { key, type } = members;
  if (!key && !type) return wireError("WIRE_KEY_MISSING", "key");
  if (key && type && canonicalKey(textOf(key)) !== canonicalKey(textOf(type))) {
    return wireError("WIRE_KEY_CONFLICT", nameOf("type"));
  }
  return messageSpec(canonicalKey(textOf(key) || textOf(type))) === undefined
    ? wireError("WIRE_KEY_UNKNOWN", nameOf(key ? "key" : "type"))
    : null;
}

/** Go refuses an empty time; a document-style sender writes it for "none", as it does with `userId`. */
function checkTime(top: TopLevel, member: "timestamp" | "expiration", dialect: Dialect): WireError | null {
  const time = top.members[member];
  if (typeof time !== "string" || (time === "" && dialect === "p4")) return null;
  return isRfc3339(time) ? null : wireError("WIRE_TIME", top.nameOf(member));
}

function checkChannelId({ members, nameOf }: TopLevel): WireError | null {
  const channelId = textOf(members["channelId"]);
  return channelId === "" || isChannelId(channelId) ? null : wireError("WIRE_CHANNEL_ID", nameOf("channelId"));
}

function nameIn({ members }: TopLevel): string {
  return textOf(members["key"]) || textOf(members["type"]);
}

function messageOf(top: TopLevel, headers: MessageHeaders): Message {
  const { members, bodyText, extra } = top;
  return {
    key: canonicalKey(nameIn(top)),
    id: textOf(members["id"]),
    messageId: textOf(members["messageId"]),
    correlationId: textOf(members["correlationId"]),
    channelId: textOf(members["channelId"]),
    timestamp: textOf(members["timestamp"]) || null,
    expiration: textOf(members["expiration"]) || null,
    headers,
    appId: textOf(members["appId"]),
    userId: textOf(members["userId"]),
    clientId: textOf(members["clientId"]),
    bodyText,
    extra,
  };
}

/** The sender's own words go back to it, but never more of them than a valid frame could hold. */
function originOf(top: TopLevel): FrameOrigin {
  const { members, bodyText } = top;
  const dialect = members["key"] !== undefined ? "p4" : members["type"] !== undefined ? "dpp" : null;
  return {
    key: nameIn(top).slice(0, 256),
    messageId: textOf(members["messageId"]).slice(0, 256),
    correlationId: textOf(members["correlationId"]).slice(0, 256),
    channelId: textOf(members["channelId"]).slice(0, 256),
    bodyText,
    dialect,
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
