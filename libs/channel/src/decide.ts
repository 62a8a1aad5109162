import { endsAtMs, isEnded, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import type { ChannelCommand, CommandMetadata, ExtendDeadline, JoinChannel } from "./commands.ts";
import { decideMinersNews, isMinerCommand } from "./decide-miners-news.ts";
import { accept, refuse, timeText, type Decision } from "./decision.ts";
import { refuseEnded } from "./refuse-ended.ts";
import { decideEndChannel, decideWalletCommand, merchantIsElsewhere } from "./decide-wallet.ts";
import { defaultMaxLogBytes, hasRoomForMore, maxRecordedJoins } from "./limits.ts";
import type { Sha256Hex } from "./event-codec.ts";
import type { Participant } from "./participant.ts";

/** Accept, duplicate or refuse: what the channel makes of a command. Pure: the same arguments, the same answer. */
export function decide(command: ChannelCommand, snapshot: ChannelSnapshot, sha256Hex: Sha256Hex): Decision {
  if (stateName(snapshot) === "unopened") return decideUnopened(command);
  if (isOverdue(snapshot, command.metadata.nowMs) && command.type !== "ExpireChannel") return { outcome: "overdue" };
  if (isMinerCommand(command)) return decideMinersNews(command, snapshot);
  switch (command.type) {
    case "JoinChannel":
      return decideJoin(command, snapshot);
    case "ExtendDeadline":
      return isEnded(snapshot) ? refuseEnded(snapshot) : decideExtension(command, snapshot);
    case "ExpireChannel":
      if (isEnded(snapshot)) return { outcome: "unchanged" };
      return decideExpiry(command.metadata, snapshot);
    case "EndChannel":
      return isEnded(snapshot) ? refuseEnded(snapshot) : decideEndChannel(command, snapshot);
    case "CloseChannel":
      if (isEnded(snapshot)) return { outcome: "unchanged" };
      return accept(command.metadata, "ChannelClosed", { by: command.by, reason: command.reason });
    default:
      return unlessEnded(decideWalletCommand(command, snapshot, sha256Hex), snapshot);
  }
}

/** The end takes no new message, but a wallet that missed its answer still gets it: a retry always has the same outcome. */
function unlessEnded(decision: Decision, snapshot: ChannelSnapshot): Decision {
  return isEnded(snapshot) && decision.outcome !== "duplicate" ? refuseEnded(snapshot) : decision;
}

/** The channel's time is over and the channel does not know it yet. */
export function isOverdue(snapshot: ChannelSnapshot, nowMs: number): boolean {
  const name = stateName(snapshot);
  return name !== "unopened" && !isEnded(snapshot) && nowMs >= endsAtMs(snapshot);
}

function decideUnopened(command: ChannelCommand): Decision {
  if (command.type !== "JoinChannel") return refuse("CHANNEL_UNKNOWN", "it was never opened");
  if (!command.mayOpen) return refuse("CHANNEL_UNKNOWN", "only the merchant may open it");
  const { channelId, expiresAtMs, participant, ackGraceMs = 0, maxLogBytes = defaultMaxLogBytes } = command;
  const data = {
    channelId,
    expiresAtMs,
    openedBy: participant,
    ...(ackGraceMs === 0 ? {} : { ackGraceMs }),
    ...(maxLogBytes === defaultMaxLogBytes ? {} : { maxLogBytes }),
  };
  return accept(command.metadata, "ChannelOpened", data);
}

/** A join is stored when it says something new; a channel at its end serves joins without storing them. */
function decideJoin(command: JoinChannel, snapshot: ChannelSnapshot): Decision {
  const { context } = snapshot;
  const claim = command.participant;
  if (isEnded(snapshot)) return { outcome: "unchanged", participant: claim };
  const refused = claim.role === "merchant" && merchantIsElsewhere(claim, command.merchantIsAlive, context);
  const participant: Participant = refused ? { ...claim, role: null } : claim;
  const takesSeat = participant.role === "merchant" && context.merchant?.connectionId !== participant.connectionId;
  const isFull = !hasRoomForMore(context) || (!takesSeat && context.joinCount >= maxRecordedJoins);
  if (isFull || stateName(snapshot) === "settled") return { outcome: "unchanged", participant };
  return accept(command.metadata, "ParticipantJoined", { participant });
}

function decideExtension(
  { metadata, expiresAtMs, by, reason }: ExtendDeadline,
  { context }: ChannelSnapshot,
): Decision {
  if (expiresAtMs <= context.expiresAtMs) {
    return refuse("DEADLINE_NOT_LATER", `it is ${timeText(context.expiresAtMs)}`);
  }
  const told = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
  return accept(metadata, "DeadlineExtended", { expiresAtMs, ...told });
}

/** A payment that was sent in time keeps the channel open for its acknowledgement, for the time agreed at the opening. */
function decideExpiry(metadata: CommandMetadata, snapshot: ChannelSnapshot): Decision {
  const { expiresAtMs, ackGraceMs } = snapshot.context;
  if (metadata.nowMs < endsAtMs(snapshot)) {
    return refuse("DEADLINE_NOT_REACHED", `it is ${timeText(endsAtMs(snapshot))}`);
  }
  const graceUntilMs = expiresAtMs + ackGraceMs;
  if (stateName(snapshot) === "awaitingAck" && metadata.nowMs < graceUntilMs) {
    // An id of its own: the log takes each id once, and the expiry is still to come.
    return accept({ ...metadata, commandId: `ack-grace.${String(graceUntilMs)}` }, "AckGraceStarted", { graceUntilMs });
  }
  return accept(metadata, "ChannelExpired", { expiresAtMs });
}
