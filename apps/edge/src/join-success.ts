import { stateName, type Channel } from "@p4/channel";
import {
  encodeMessage,
  serverMessage,
  type Encoding,
  type MessageHeaders,
  type ServerMessageInput,
} from "@p4/protocol";
import type { Connection } from "./connection.ts";
import type { EdgeContext } from "./edge-context.ts";
import { merchantHeader, merchantPresence } from "./merchant-presence.ts";
import { sequenceHeader } from "./outgoing-frame.ts";

/**
 * The server's greeting: deadline, place in the log, state, granted role, whether the asked history was there and a merchant
 * is, and how large a message may be.
 */
export function joinSuccess(connection: Connection, channel: Channel, context: EdgeContext): string {
  const expires = `${new Date(channel.snapshot.context.expiresAtMs).toISOString().slice(0, 19)}Z`;
  const headers: MessageHeaders = [
    ["x-channel-expires", [expires]],
    [sequenceHeader, [String(channel.streamVersion)]],
    ["x-p4-state", [stateName(channel.snapshot)]],
    ["x-p4-role", [connection.grantedRole ?? "none"]],
    [merchantHeader, [merchantPresence(connection, context)]],
    ["x-p4-history", [connection.history?.isComplete === false ? "partial" : "complete"]],
    ["x-p4-max-message-bytes", [String(context.limits.maxMessageBytes)]],
  ];
  const { channelId } = connection.followed;
  const message = {
    channelId,
    clientId: connection.id,
    messageId: context.newId(),
    timestampMs: context.nowMs(),
    headers,
  };
  return greeting(message, connection.speech.encoding);
}

/** `join.success` with these headers: none for a channel that is no channel. */
export function greeting(message: Omit<ServerMessageInput, "key">, encoding: Encoding): string {
  return encodeMessage(serverMessage({ ...message, key: "join.success", appId: "dpp" }), encoding);
}
