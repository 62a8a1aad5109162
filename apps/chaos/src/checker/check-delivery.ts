import { outgoingMessage } from "@p4/channel";
import type { CheckedChannel, LoggedChannelEvent } from "./decode-channels.ts";
import type { CheckLimits, Violation } from "./history.ts";
import type { ConnectionRecord, SessionRecord } from "./sessions.ts";

type Channels = ReadonlyMap<string, CheckedChannel>;

/** Every frame that says where it is in the log is there, as that message. */
export function lostMessages(sessions: readonly SessionRecord[], channels: Channels): Violation[] {
  const violations: Violation[] = [];
  for (const { channelId, role, connections } of sessions) {
    const channel = channels.get(channelId);
    for (const frame of connections.flatMap(({ frames }) => frames)) {
      if (frame.sequence === null || frame.key === "join.success") continue;
      const stored = channel?.byVersion.get(frame.sequence);
      const detail = `${frame.key} of ${frame.messageId || frame.correlationId} at ${String(frame.sequence)}, told to a ${role}`;
      if (frame.key === "receipt") {
        if (walletMessageId(stored) !== frame.correlationId)
          violations.push({ code: "LOST_ACKNOWLEDGED", channelId, detail });
      } else if (stored === undefined || keyOf(stored) !== frame.key || !hasId(stored, frame.messageId, frame.key)) {
        violations.push({ code: "LOST_DELIVERED", channelId, detail });
      }
    }
  }
  return violations;
}

/** What a wallet was given grows in the log's order; nothing for its ears between first and last was left out. */
export function disorder(sessions: readonly SessionRecord[], channels: Channels): Violation[] {
  const violations: Violation[] = [];
  for (const { channelId, role, delivered, joinSequence, name } of sessions) {
    let last = 0;
    for (const { sequence, key } of delivered) {
      if (sequence <= last) {
        const detail = `${name} was given ${key} at ${String(sequence)} after ${String(last)}`;
        violations.push({ code: "OUT_OF_ORDER", channelId, detail });
      }
      last = Math.max(last, sequence);
    }
    const given = new Set(delivered.map(({ sequence }) => sequence));
    for (const event of channels.get(channelId)?.events ?? []) {
      if (joinSequence === null || event.streamVersion <= joinSequence || event.streamVersion > last) continue;
      if (given.has(event.streamVersion) || !isFor(role, event)) continue;
      const detail = `${name} was given what came after ${keyOf(event)} at ${String(event.streamVersion)}, not that`;
      violations.push({ code: "GAP", channelId, detail });
    }
  }
  return violations;
}

/** A wallet whose connection stays open hears of each event in time. */
export function lateDeliveries(
  sessions: readonly SessionRecord[],
  channels: Channels,
  { lateAfterMs }: CheckLimits,
): Violation[] {
  const violations: Violation[] = [];
  for (const { channelId, role, connections, name } of sessions) {
    for (const connection of connections) {
      for (const event of channels.get(channelId)?.events ?? []) {
        if (!isFor(role, event)) continue;
        const waitedMs = waitedFor(event, connection);
        if (waitedMs === null || waitedMs <= lateAfterMs) continue;
        const detail = `${name} waited ${String(waitedMs)} ms for ${keyOf(event)} at ${String(event.streamVersion)}`;
        violations.push({ code: "DELIVERED_LATE", channelId, detail });
      }
    }
  }
  return violations;
}

/** How long an open connection was without an event that was stored while it was open. Null: it was not. */
function waitedFor(event: LoggedChannelEvent, { joinedAtMs, lostAtMs, frames }: ConnectionRecord): number | null {
  if (joinedAtMs === null || event.storedAtMs < joinedAtMs) return null;
  const heard = frames.find(({ sequence, key }) => sequence === event.streamVersion && key === keyOf(event));
  const untilMs = heard?.atMs ?? lostAtMs;
  // Still open at the record's end and never told: the last thing that it heard is as far as we know.
  return untilMs === null ? Number.POSITIVE_INFINITY : untilMs - event.storedAtMs;
}

function isFor(role: SessionRecord["role"], event: LoggedChannelEvent): boolean {
  if (outgoingMessage(event) === null) return false;
  // The end of a channel is told by an event of the session, not as a message.
  if (event.type === "ChannelExpired" || event.type === "ChannelClosed") return false;
  if (event.type === "DoubleSpendReported") return role === "merchant";
  // A campaign has one customer on a channel: each answer is his.
  return !("from" in event.data) || event.data.from.role !== role;
}

export function keyOf(event: LoggedChannelEvent): string {
  const message = outgoingMessage(event);
  if (message === null) return event.type;
  return message.kind === "server" ? message.key : message.event.data.message.key;
}

export function walletMessageId(event: LoggedChannelEvent | undefined): string | null {
  return event !== undefined && "message" in event.data ? event.data.message.messageId : null;
}

/** The server's own messages at a channel's end have an id of their own each time they are said. */
function hasId(event: LoggedChannelEvent, messageId: string, key: string): boolean {
  if (key.startsWith("channel.")) return true;
  return (walletMessageId(event) ?? event.metadata.eventId) === messageId;
}
