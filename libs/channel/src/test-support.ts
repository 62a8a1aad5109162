import { createHash } from "node:crypto";
import { foldSealed, foldStored, newChannel, sealFor, type Channel } from "./channel-fold.ts";
import type { ChannelCommand } from "./commands.ts";
import type { ChannelSnapshot } from "./channel.machine.ts";
import { decide as decideBy } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { StoredText } from "./timeline.ts";

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function decide(command: ChannelCommand, snapshot: ChannelSnapshot): Decision {
  return decideBy(command, snapshot, sha256Hex);
}

/** Decides, seals and folds each command, as an actor does; all must be accepted. Versions grow with gaps. */
export function conversation(...commands: readonly ChannelCommand[]): { stored: StoredText[]; channel: Channel } {
  const stored: StoredText[] = [];
  let channel = newChannel();
  for (const [index, command] of commands.entries()) {
    const decision = decide(command, channel.snapshot);
    if (decision.outcome !== "accepted") throw new Error(`${command.type}: ${JSON.stringify(decision)}`);
    const sealed = sealFor(channel, decision.event);
    const streamVersion = channel.streamVersion + 1 + (index % 3);
    channel = foldSealed(channel, sealed, streamVersion, sha256Hex).channel;
    stored.push({ streamVersion, text: sealed.text });
  }
  return { stored, channel };
}

/** The channel of a log, folded from its first event. */
export function replay(log: readonly StoredText[]): Channel {
  return log.reduce(
    (folded, { text, streamVersion }) => foldStored(folded, text, streamVersion, sha256Hex).channel,
    newChannel(),
  );
}
