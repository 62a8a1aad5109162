import { stateName, type Channel } from "@p4/channel";
import { encodeMessage, serverMessage, type Encoding, type MessageHeaders } from "@p4/protocol";
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
    ["x-p4-role", [connection.role ?? "none"]],
    ["x-p4-history", [connection.history?.isComplete === false ? "partial" : "complete"]],
  ];
  return greeting(connection.channel.channelId, connection.id, connection.encoding, messageId, nowMs, headers);
}

export function greeting(
  channelId: string,
  clientId: string,
  encoding: Encoding,
  messageId: string,
  nowMs: number,
  headers: MessageHeaders,
): string {
  return encodeMessage(
    serverMessage({ key: "join.success", channelId, messageId, timestampMs: nowMs, clientId, headers, appId: "dpp" }),
    encoding,
  );
}
