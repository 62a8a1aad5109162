import type { ChannelContext, PaymentAttempt, Verdict, WalletEventType } from "./context.ts";
import { walletEventTypes } from "./context.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** What an event leaves in the channel's memory. Whether it is legal is the machine's question, not asked here. */
export function applyEvent(context: ChannelContext, event: SequencedEvent): ChannelContext {
  const next = {
    ...context,
    eventCount: context.eventCount + 1,
    lastEventAtMs: event.metadata.recordedAtMs,
    ...changes(context, event),
  };
  return isWalletEvent(event) ? { ...next, ...remember(context, event) } : next;
}

function changes(context: ChannelContext, event: SequencedEvent): Partial<ChannelContext> {
  switch (event.type) {
    case "ChannelOpened":
      return opened(context, event);
    case "ParticipantJoined":
      return { joinCount: context.joinCount + 1, ...seat(context, event.data.participant) };
    case "TermsRequested":
      return { request: event };
    case "TermsOffered":
    case "TermsRefused":
      return { terms: event, request: null };
    case "PaymentSubmitted":
      return { attempts: [...context.attempts, { payment: event, verdict: null }], request: null };
    case "PaymentAccepted":
    case "PaymentRefused":
    case "PaymentFailed":
      return { attempts: judgeLast(context.attempts, event) };
    case "ProofRecorded":
      return { proofs: [...context.proofs, event] };
    case "DoubleSpendReported":
      return { doubleSpends: [...context.doubleSpends, event] };
    case "DeadlineExtended":
      return { expiresAtMs: event.data.expiresAtMs };
    case "ChannelExpired":
    case "ChannelClosed":
      return {};
  }
}

function opened(context: ChannelContext, { data, metadata }: SequencedEvent<"ChannelOpened">): Partial<ChannelContext> {
  const { channelId, expiresAtMs, openedBy } = data;
  const common = { channelId, expiresAtMs, openedAtMs: metadata.recordedAtMs };
  return openedBy === null ? common : { ...common, joinCount: 1, ...seat(context, openedBy) };
}

function isWalletEvent(event: SequencedEvent): event is SequencedEvent<WalletEventType> {
  return walletEventTypes.has(event.type);
}

/** A wallet's message also settles who sent it: the first merchant message makes its sender the merchant. */
function remember(context: ChannelContext, event: SequencedEvent<WalletEventType>): Partial<ChannelContext> {
  const { from, message } = event.data;
  const seen = new Map(context.seen);
  seen.set(messageKey(from, message.messageId), event);
  return { seen, ...seat(context, from) };
}

function seat(context: ChannelContext, participant: Participant): Partial<ChannelContext> {
  if (participant.role !== "merchant") return {};
  return context.merchant?.connectionId === participant.connectionId ? {} : { merchant: participant };
}

/** Scoped by role, so that a customer cannot use up the merchant's message ids. */
export function messageKey(from: Pick<Participant, "role">, messageId: string): string {
  return `${from.role ?? "none"}:${messageId}`;
}

function judgeLast(attempts: readonly PaymentAttempt[], verdict: Verdict): readonly PaymentAttempt[] {
  const last = attempts.at(-1);
  return last === undefined ? attempts : [...attempts.slice(0, -1), { ...last, verdict }];
}
