import { stateName, type Channel } from "@p4/channel";
import {
  encodeMessage,
  serverMessage,
  type Encoding,
  type MessageHeaders,
  type ServerMessageInput,
} from "@p4/protocol";
import type { Connection } from "./connection.ts";
import { sequenceHeader } from "./outgoing-frame.ts";

/** The server's greeting: deadline, place in the log, state, granted role, and whether the asked history was there. */
export function joinSuccess(connection: Connection, channel: Channel, messageId: string, nowMs: number): string {
  const { context } = channel.snapshot;
  const expires = `${new Date(context.expiresAtMs).toISOString().slice(0, 19)}Z`;
  const headers: MessageHeaders = [
    ["x-channel-expires", [expires]],
    [sequenceHeader, [String(channel.streamVersion)]],
    ["x-p4-state", [stateName(channel.snapshot)]],
    ["x-p4-role", [connection.grantedRole ?? "none"]],
    ["x-p4-history", [connection.history?.isComplete === false ? "partial" : "complete"]],
  ];
  const { channelId } = connection.channel;
  const clientId = connection.id;
  return greeting({ channelId, clientId, messageId, timestampMs: nowMs, headers }, connection.speech.encoding);
}

/** `join.success` with these headers: none for a channel that is no channel. */
export function greeting(message: Omit<ServerMessageInput, "key">, encoding: Encoding): string {
  return encodeMessage(serverMessage({ ...message, key: "join.success", appId: "dpp" }), encoding);
}
