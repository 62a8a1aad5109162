import { decide, sealFor, startOfTimeline, tellNext } from "@p4/channel";
import type { ChannelCommand, Timeline, TimelineEntry } from "@p4/channel";
import { sha256Hex } from "@p4/node-crypto";

/** The timeline of a channel that has accepted these commands, stored ten sequences apart. */
export function timelineAfter(...commands: readonly ChannelCommand[]): Timeline {
  const entries: TimelineEntry[] = [];
  let position = startOfTimeline();
  for (const command of commands) {
    const decision = decide(command, position.channel.snapshot, sha256Hex);
    if (decision.outcome !== "accepted") throw new Error(`${command.type}: ${JSON.stringify(decision)}`);
    const { text } = sealFor(position.channel, decision.event);
    const told = tellNext(position, { text, streamVersion: position.channel.streamVersion + 10 }, sha256Hex);
    position = told.position;
    entries.push(told.entry);
  }
  return { channel: position.channel, entries };
}
