import type { Role } from "@p4/protocol";
import { stateName, type ChannelSnapshot } from "./channel.machine.ts";
import type { EndChannel, WalletCommand } from "./commands.ts";
import type { ChannelContext, WalletEventType } from "./context.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { answerTo, answersAnother } from "./find-answer.ts";
import { findPayment } from "./find-payment.ts";
import { accept, refuse, type Decision, type Refusal, type Reply } from "./decision.ts";
import type { NewChannelEvent } from "./events.ts";
import { overCustomersShare, overMerchantsShare } from "./limits.ts";
import { isSameContent } from "./message-content.ts";
import { relayed } from "./outgoing.ts";
import { isSameWallet, type Participant } from "./participant.ts";
import { acceptedPayment } from "./proven.ts";
import { isForgotten, type RememberedEvent } from "./remembered-event.ts";
import { transitionFrom } from "./transitions.ts";

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
export function decideWalletCommand(command: WalletCommand, snapshot: ChannelSnapshot, sha256Hex: Sha256Hex): Decision {
  const { context } = snapshot;
  const { role } = walletCommands[command.type];
  const from: Participant =
    command.from.role === null
      ? { ...command.from, role: spokenRole(command.from, context) ?? role, explicit: false }
      : command.from;
  const { key } = command.message;
  if (from.role !== role) return refuse("ROLE_FORBIDDEN", `${key} is the ${role}'s to send, not the ${from.role}'s`);
  if (role === "merchant" && merchantIsElsewhere(from, command.merchantIsAlive, context)) {
    return refuse("ROLE_TAKEN", "another live connection is this channel's merchant");
  }
  const sameId = withSameId(command, from, context);
  const earlier =
    sameId.find(({ data }) => isSameContent(data.message, command.message, sha256Hex)) ??
    samePayment(command, context, sha256Hex);
  if (earlier !== null) return answerDuplicate(earlier, context);
  const reused = sameId.find(({ data }) => isSameWallet(data.from, from));
  if (reused !== undefined) return refuseReuse(command, reused);
  const event = factOf(command, from);
  if (transitionFrom(snapshot, event.type).otherwise === null) return refuseStep(key, snapshot);
  if (isVerdict(command) && answersAnother(command.message, context)) {
    return refuse("ILLEGAL_STEP", `correlationID ${command.message.correlationId} names a payment that is not waiting`);
  }
  return overShare(command, from, context) ?? { outcome: "accepted", event };
}

/** A channel must not end while its payer waits for the answer to a payment. */
export function decideEndChannel(command: EndChannel, snapshot: ChannelSnapshot): Decision {
  const { from, merchantIsAlive, message } = command;
  const role = from.role ?? spokenRole(from, snapshot.context) ?? "merchant";
  if (role !== "merchant")
    return refuse("ROLE_FORBIDDEN", `${message.key} is the merchant's to send, not the ${role}'s`);
  if (merchantIsElsewhere({ ...from, role }, merchantIsAlive, snapshot.context)) {
    return refuse("ROLE_TAKEN", "another live connection is this channel's merchant");
  }
  const state = stateName(snapshot);
  if (state === "awaitingAck" || state === "awaitingLateAck") {
    return refuse("PAYMENT_PENDING", `${message.key} before the answer to the payment`);
  }
  return accept(command.metadata, "ChannelClosed", { by: "merchant", reason: message.key });
}

/**
 * Explicit beats inferred; otherwise the one who has the role keeps it while its connection lives. The same wallet takes its
 * own role along: its old connection may have died without a word, and would count as alive until a ping shows it.
 */
export function merchantIsElsewhere(claim: Participant, holderIsAlive: boolean, context: ChannelContext): boolean {
  const holder = context.merchant;
  if (holder === null || isSameWallet(holder, claim)) return false;
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

/**
 * Messages of this role under this id. What another connection has said under it is another wallet's, or this one's from
 * before a restart: that is repeated by the same content, and never stands in the way of another.
 */
function withSameId(command: WalletCommand, from: Participant, { messages }: ChannelContext) {
  const { messageId } = command.message;
  return messages.filter(({ data }) => data.message.messageId === messageId && data.from.role === from.role);
}

function samePayment(command: WalletCommand, context: ChannelContext, sha256Hex: Sha256Hex): RememberedEvent | null {
  return command.type === "SubmitPayment" ? findPayment(command, context, sha256Hex) : null;
}

function answerDuplicate(earlier: RememberedEvent, context: ChannelContext): Decision {
  return { outcome: "duplicate", streamVersion: earlier.streamVersion, replies: answersTo(earlier, context) };
}

function refuseReuse({ message: { key, messageId } }: WalletCommand, earlier: RememberedEvent): Refusal {
  const was = earlier.data.message.key;
  return refuse("MESSAGE_ID_REUSED", `messageId ${messageId} was ${was === key ? `another ${was}` : `a ${was}`}`);
}

function answersTo(earlier: RememberedEvent, context: ChannelContext): readonly Reply[] {
  if (earlier.type !== "TermsRequested" && earlier.type !== "PaymentSubmitted") return [];
  const answer = answerTo(earlier, context);
  if (answer === null) return [];
  return [isForgotten(answer) ? { kind: "forgotten", event: answer } : relayed(answer)];
}

/** What a connection without a role has spoken as before, perhaps in the same burst: that it stays. */
function spokenRole({ connectionId }: Participant, { messages }: ChannelContext): Role | null {
  return messages.find(({ data }) => data.from.connectionId === connectionId)?.data.from.role ?? null;
}

/** The answer to a stored question always has room: there is one question of each kind at a time. */
function overShare(command: WalletCommand, from: Participant, context: ChannelContext): Refusal | null {
  if (from.role === "customer") {
    const own = context.messages.filter(({ data }) => data.from.role === "customer" && isSameWallet(data.from, from));
    return overCustomersShare(own, context);
  }
  return isVerdict(command) || context.request !== null ? null : overMerchantsShare(context);
}

function isVerdict({ type }: WalletCommand): boolean {
  return type === "AcceptPayment" || type === "RefusePayment" || type === "FailPayment";
}

function refuseStep(key: string, snapshot: ChannelSnapshot): Refusal {
  const state = stateName(snapshot);
  if (acceptedPayment(snapshot.context) !== undefined) return refuse("ALREADY_PAID", `${key} after payment.ack`);
  if (state === "awaitingLateAck") return refuse("CHANNEL_EXPIRED", "only the answer to the waiting payment may come");
  if (state === "awaitingAck" && key === "payment") return refuse("PAYMENT_PENDING", "wait for its payment.ack");
  return refuse("ILLEGAL_STEP", `${key} while ${state}`);
}

function factOf(command: WalletCommand, from: Participant): NewChannelEvent {
  const { commandId, nowMs, correlationId, causationId } = command.metadata;
  const metadata = { eventId: commandId, recordedAtMs: nowMs, correlationId, causationId };
  const { message } = command;
  switch (command.type) {
    case "SubmitPayment":
      return {
        type: "PaymentSubmitted",
        data: { from, message, txid: command.txids[0] ?? null, txids: command.txids },
        metadata,
      };
    case "RefusePayment":
      return { type: "PaymentRefused", data: { from, message, reason: command.reason }, metadata };
    default:
      return { type: walletCommands[command.type].event, data: { from, message }, metadata };
  }
}
