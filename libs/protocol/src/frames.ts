import type { tags } from "typia";

type ShortText = string & tags.MaxLength<256>;
type Time = string & tags.Format<"date-time">;
type ChannelId = string & tags.Pattern<"^[A-Za-z0-9_-]{1,64}$">;

/** A message in the document's wrapper, as the server writes it. */
export interface P4Frame {
  id: ShortText;
  /** Names the message. */
  key: ShortText;
  /** Depends on the key; `null` when there is none. Relayed exactly as it was written. */
  body: unknown;
  messageId: ShortText;
  /** Ties an answer to its request; may be empty. */
  correlationID: ShortText;
  timestamp?: Time;
  /** Several values of one header are joined by a comma and a space. */
  headers: { [name: string]: string };
  expiration?: Time;
  channelID: ChannelId;
  appId: ShortText;
  userId: ShortText;
}

/** A message in the wrapper of the deployed Go library, as the server writes it. */
export interface DppFrame {
  correlationId: ShortText;
  appId: ShortText;
  /** Id of the connection that sent the message, set by the server. */
  clientID: ShortText;
  userId: ShortText;
  expiration: Time | null;
  body: unknown;
  messageId: ShortText;
  channelId: ChannelId;
  timestamp?: Time;
  /** Names the message. */
  type: ShortText;
  headers: { [name: string]: string[] };
}

/** An error message in the document's wrapper: what was refused, and why. */
export interface P4ErrorFrame {
  id: ShortText;
  key: "error";
  originKey: ShortText;
  /** Body of the refused message; `null` when it had none, could not be read, or is too large to send back. */
  originBody: unknown;
  errorBody: { title: string; description: string; errCode: string };
  messageId: ShortText;
  correlationID: ShortText;
  timestamp?: Time;
  headers: { [name: string]: string };
  expiration?: Time;
  channelID: ShortText;
  appId: ShortText;
  userId: ShortText;
}

/** An error message as the Go library writes and reads it. */
export interface DppErrorFrame {
  correlationId: ShortText;
  appId: ShortText;
  userId: ShortText;
  type: "error";
  originType: ShortText;
  originBody: unknown;
  errorBody: { Title: string; Description: string; ErrCode: string };
  channelId: ShortText;
  clientId: ShortText;
  headers: { [name: string]: string[] };
}
