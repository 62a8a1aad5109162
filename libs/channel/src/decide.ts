import { isEnded, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import type {
  ChannelCommand,
  CommandMetadata,
  JoinChannel,
  RecordProof,
  ReportDoubleSpend,
  WalletCommand,
} from "./commands.ts";
import { refuse, type Decision, type Refusal } from "./decision.ts";
import { decideWalletCommand, merchantIsElsewhere } from "./decide-wallet.ts";
import { maxEvents, maxRecordedJoins } from "./limits.ts";
import type { NewChannelEvent } from "./events.ts";
import type { Participant } from "./participant.ts";

/** Accept, duplicate or refuse: what the channel makes of a command. Pure: the same arguments, the same answer. */
export function decide(command: ChannelCommand, snapshot: ChannelSnapshot): Decision {
  if (stateName(snapshot) === "unopened") return decideUnopened(command);
  if (isOverdue(snapshot, command.metadata.nowMs) && command.type !== "ExpireChannel") return { outcome: "overdue" };
  switch (command.type) {
    case "JoinChannel":
      return decideJoin(command, snapshot);
    case "RecordProof":
      return decideProof(command, snapshot);
    case "ReportDoubleSpend":
      return decideDoubleSpend(command, snapshot);
    case "ExtendDeadline":
      if (isEnded(snapshot)) return refuseEnded(snapshot);
      if (command.expiresAtMs <= snapshot.context.expiresAtMs) {
        return refuse("DEADLINE_NOT_LATER", `it is ${timeText(snapshot.context.expiresAtMs)}`);
      }
      return accept(command.metadata, "DeadlineExtended", { expiresAtMs: command.expiresAtMs });
    case "ExpireChannel":
      if (isEnded(snapshot)) return { outcome: "unchanged" };
      if (command.metadata.nowMs < snapshot.context.expiresAtMs) {
        return refuse("DEADLINE_NOT_REACHED", `it is ${timeText(snapshot.context.expiresAtMs)}`);
      }
      return accept(command.metadata, "ChannelExpired", { expiresAtMs: snapshot.context.expiresAtMs });
    case "CloseChannel":
      if (isEnded(snapshot)) return { outcome: "unchanged" };
      return accept(command.metadata, "ChannelClosed", { by: command.by, reason: command.reason });
    default:
      return decideMessage(command, snapshot);
  }
}

/** The end takes no new message, but a wallet that missed its answer still gets it: a retry has one outcome for ever. */
function decideMessage(command: WalletCommand, snapshot: ChannelSnapshot): Decision {
  const decision = decideWalletCommand(command, snapshot);
  return isEnded(snapshot) && decision.outcome !== "duplicate" ? refuseEnded(snapshot) : decision;
}

/** The deadline has passed and the channel does not know it yet. */
export function isOverdue(snapshot: ChannelSnapshot, nowMs: number): boolean {
  const name = stateName(snapshot);
  return name !== "unopened" && !isEnded(snapshot) && nowMs >= snapshot.context.expiresAtMs;
}

function decideUnopened(command: ChannelCommand): Decision {
  if (command.type !== "JoinChannel") return refuse("CHANNEL_UNKNOWN", "nobody has joined it");
  if (!command.mayOpen) return refuse("CHANNEL_UNKNOWN", "only the merchant may open it");
  const { channelId, expiresAtMs, participant } = command;
  return accept(command.metadata, "ChannelOpened", { channelId, expiresAtMs, openedBy: participant });
}

/** A join is stored when it says something new; a channel at its end serves joins without storing them. */
function decideJoin(command: JoinChannel, snapshot: ChannelSnapshot): Decision {
  const { context } = snapshot;
  const ended = isEnded(snapshot) || stateName(snapshot) === "settled";
  if (ended || context.eventCount >= maxEvents) return { outcome: "unchanged" };
  const claim = command.participant;
  const refused = claim.role === "merchant" && merchantIsElsewhere(claim, command.merchantIsAlive, context);
  const participant: Participant = refused ? { ...claim, role: null } : claim;
  const takesSeat = participant.role === "merchant" && context.merchant?.connectionId !== participant.connectionId;
  if (!takesSeat && context.joinCount >= maxRecordedJoins) return { outcome: "unchanged" };
  return accept(command.metadata, "ParticipantJoined", { participant });
}

function decideProof(command: RecordProof, snapshot: ChannelSnapshot): Decision {
  const { proof } = command;
  const known = snapshot.context.proofs.find(
    ({ data }) =>
      data.proof.txid === proof.txid &&
      data.proof.merkleRoot === proof.merkleRoot &&
      data.proof.blockHash === proof.blockHash &&
      (data.proof.status === "verified" || proof.status === "received"),
  );
  if (known !== undefined) return { outcome: "duplicate", streamVersion: known.streamVersion, replies: [] };
  if (isEnded(snapshot)) return refuseEnded(snapshot);
  if (snapshot.context.eventCount >= maxEvents) return refuseFull();
  return accept(command.metadata, "ProofRecorded", { proof });
}

function decideDoubleSpend(command: ReportDoubleSpend, snapshot: ChannelSnapshot): Decision {
  const { doubleSpend } = command;
  const known = snapshot.context.doubleSpends.find(
    ({ data }) =>
      data.doubleSpend.txid === doubleSpend.txid &&
      data.doubleSpend.reason === doubleSpend.reason &&
      data.doubleSpend.competingTxids.join() === doubleSpend.competingTxids.join(),
  );
  if (known !== undefined) return { outcome: "duplicate", streamVersion: known.streamVersion, replies: [] };
  if (isEnded(snapshot)) return refuseEnded(snapshot);
  if (snapshot.context.eventCount >= maxEvents) return refuseFull();
  return accept(command.metadata, "DoubleSpendReported", { doubleSpend });
}

function refuseEnded(snapshot: ChannelSnapshot): Refusal {
  const expired = stateName(snapshot) === "expired";
  return refuse(expired ? "CHANNEL_EXPIRED" : "CHANNEL_CLOSED", `since ${timeText(snapshot.context.lastEventAtMs)}`);
}

function refuseFull(): Refusal {
  return refuse("CHANNEL_FULL", `at most ${maxEvents} events`);
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

function accept<Type extends NewChannelEvent["type"]>(
  metadata: CommandMetadata,
  type: Type,
  data: Extract<NewChannelEvent, { type: Type }>["data"],
): Decision {
  const { commandId, nowMs, correlationId, causationId } = metadata;
  const event = { type, data, metadata: { eventId: commandId, recordedAtMs: nowMs, correlationId, causationId } };
  return { outcome: "accepted", event: event as NewChannelEvent };
}
