import type { Role } from "@p4/protocol";
import { messageKey } from "./apply-event.ts";
import { stateName, type ChannelSnapshot } from "./channel.machine.ts";
import type { WalletCommand } from "./commands.ts";
import { acceptedTxid, type ChannelContext, type WalletEventType } from "./context.ts";
import { answerTo, findPayment } from "./find-answer.ts";
import { refuse, type Decision, type Refusal } from "./decision.ts";
import type { NewChannelEvent } from "./events.ts";
import { maxWalletEvents } from "./limits.ts";
import { outgoingMessage, type OutgoingMessage } from "./outgoing.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** Which role may send what, and which fact it becomes: the message catalogue's channel side. */
export const walletCommands = {
  RequestTerms: { role: "customer", event: "TermsRequested" },
  OfferTerms: { role: "merchant", event: "TermsOffered" },
  RefuseTerms: { role: "merchant", event: "TermsRefused" },
  SubmitPayment: { role: "customer", event: "PaymentSubmitted" },
  AcceptPayment: { role: "merchant", event: "PaymentAccepted" },
  RefusePayment: { role: "merchant", event: "PaymentRefused" },
  FailPayment: { role: "merchant", event: "PaymentFailed" },
} as const satisfies Record<WalletCommand["type"], { role: Role; event: WalletEventType }>;

/** A wallet's message on an open channel: role first, then duplicates, then the state. */
export function decideWalletCommand(command: WalletCommand, snapshot: ChannelSnapshot): Decision {
  const { context } = snapshot;
  const { role } = walletCommands[command.type];
  const from: Participant = command.from.role === null ? { ...command.from, role, explicit: false } : command.from;
  const { key } = command.message;
  if (from.role !== role) return refuse("ROLE_FORBIDDEN", `${key} is the ${role}'s to send, not the ${from.role}'s`);
  if (role === "merchant" && merchantIsElsewhere(from, command.merchantIsAlive, context)) {
    return refuse("ROLE_TAKEN", "another live connection is this channel's merchant");
  }
  const earlier = findEarlier(command, from, context);
  if (earlier !== undefined) return answerDuplicate(command, earlier, context);
  const event = factOf(command, from);
  if (!snapshot.can({ ...event, streamVersion: 0 } as SequencedEvent)) return refuseStep(key, snapshot);
  if (context.eventCount >= maxWalletEvents) return refuse("CHANNEL_FULL", `at most ${maxWalletEvents} events`);
  return { outcome: "accepted", event };
}

/** Explicit beats inferred; otherwise the one who has the role keeps it while its connection lives. */
export function merchantIsElsewhere(claim: Participant, holderIsAlive: boolean, context: ChannelContext): boolean {
  const holder = context.merchant;
  if (holder === null || holder.connectionId === claim.connectionId) return false;
  return holderIsAlive && (holder.explicit || !claim.explicit);
}

/** The connection whose life has to be asked after before this claim to the merchant's role can be decided. */
export function contestedMerchant(
  claim: Participant,
  role: Role | null,
  snapshot: ChannelSnapshot,
): Participant | null {
  const holder = snapshot.context.merchant;
  if (role !== "merchant" || holder === null) return null;
  return merchantIsElsewhere(claim, true, snapshot.context) ? holder : null;
}

/** The same messageId, or the same transaction with a verdict that binds (or with none yet). */
function findEarlier(
  command: WalletCommand,
  from: Participant,
  context: ChannelContext,
): SequencedEvent<WalletEventType> | undefined {
  const sameId = context.seen.get(messageKey(from, command.message.messageId));
  if (sameId !== undefined || command.type !== "SubmitPayment" || command.txid === null) return sameId;
  return findPayment(command.txid, context) ?? undefined;
}

function answerDuplicate(
  command: WalletCommand,
  earlier: SequencedEvent<WalletEventType>,
  context: ChannelContext,
): Decision {
  if (earlier.data.message.key !== command.message.key) {
    return refuse("MESSAGE_ID_REUSED", `messageId ${command.message.messageId} was a ${earlier.data.message.key}`);
  }
  return { outcome: "duplicate", streamVersion: earlier.streamVersion, replies: answersTo(earlier, context) };
}

function answersTo(earlier: SequencedEvent<WalletEventType>, context: ChannelContext): readonly OutgoingMessage[] {
  if (earlier.type !== "TermsRequested" && earlier.type !== "PaymentSubmitted") return [];
  const answer = answerTo(earlier, context);
  const message = answer === null ? null : outgoingMessage(answer);
  return message === null ? [] : [message];
}

function refuseStep(key: string, snapshot: ChannelSnapshot): Refusal {
  const state = stateName(snapshot);
  if (acceptedTxid(snapshot.context) !== undefined) return refuse("ALREADY_PAID", `${key} after payment.ack`);
  if (state === "awaitingAck" && key === "payment") return refuse("PAYMENT_PENDING", "wait for its payment.ack");
  return refuse("ILLEGAL_STEP", `${key} while ${state}`);
}

function factOf(command: WalletCommand, from: Participant): NewChannelEvent {
  const { commandId, nowMs, correlationId, causationId } = command.metadata;
  const metadata = { eventId: commandId, recordedAtMs: nowMs, correlationId, causationId };
  const { message } = command;
  switch (command.type) {
    case "SubmitPayment":
      return { type: "PaymentSubmitted", data: { from, message, txid: command.txid }, metadata };
    case "RefusePayment":
      return { type: "PaymentRefused", data: { from, message, reason: command.reason }, metadata };
    default:
      return { type: walletCommands[command.type].event, data: { from, message }, metadata };
  }
}
