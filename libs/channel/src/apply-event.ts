import type { ChannelContext, PaymentAttempt, Verdict, WalletEventType } from "./context.ts";
import { isWalletEvent } from "./context.ts";
import { defaultMaxLogBytes } from "./limits.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** What an event leaves in the channel's memory. Whether it is legal is the machine's question, not asked here. */
export function applyEvent(context: ChannelContext, event: SequencedEvent): ChannelContext {
  const next = {
    ...context,
    eventCount: context.eventCount + 1,
    logBytes: context.logBytes + event.sizeBytes,
    lastEventAtMs: event.metadata.recordedAtMs,
  };
  if (!isWalletEvent(event)) return { ...next, ...changes(context, event) };
  // A wallet's message also settles who sent it: the first merchant message makes its sender the merchant.
  const messages = [...context.messages, event];
  return { ...next, messages, ...seat(context, event.data.from), ...said(context, event) };
}

function changes(
  context: ChannelContext,
  event: Exclude<SequencedEvent, SequencedEvent<WalletEventType>>,
): Partial<ChannelContext> {
  switch (event.type) {
    case "ChannelOpened":
      return opened(context, event);
    case "ParticipantJoined":
      return { joinCount: context.joinCount + 1, ...seat(context, event.data.participant) };
    case "ProofRecorded":
      return { proofs: [...context.proofs, { ...event, data: { proof: withoutRaw(event.data.proof) } }] };
    case "DoubleSpendReported": {
      const doubleSpend = withoutRaw(event.data.doubleSpend);
      return { doubleSpends: [...context.doubleSpends, { ...event, data: { doubleSpend } }] };
    }
    case "TransactionRejected": {
      const rejection = withoutRaw(event.data.rejection);
      return { rejections: [...context.rejections, { ...event, data: { rejection } }] };
    }
    case "ProofRevoked": {
      const revocation = withoutRaw(event.data.revocation);
      return { revocations: [...context.revocations, { ...event, data: { revocation } }] };
    }
    case "DeadlineExtended":
      return { expiresAtMs: event.data.expiresAtMs, graceUntilMs: null };
    case "AckGraceStarted":
      return { graceUntilMs: event.data.graceUntilMs };
    case "ChannelExpired":
    case "ChannelClosed":
      return { endedAtMs: event.metadata.recordedAtMs };
  }
}

/** What the miner sent is evidence, and the log has it: wallets are told `bodyText`. */
function withoutRaw<News extends { readonly raw: string }>({ raw: _, ...news }: News): Omit<News, "raw"> {
  return news;
}

function said(context: ChannelContext, event: SequencedEvent<WalletEventType>): Partial<ChannelContext> {
  switch (event.type) {
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
  }
}

function opened(context: ChannelContext, { data, metadata }: SequencedEvent<"ChannelOpened">): Partial<ChannelContext> {
  const { channelId, expiresAtMs, openedBy, ackGraceMs = 0, maxLogBytes = defaultMaxLogBytes } = data;
  const common = { channelId, expiresAtMs, ackGraceMs, maxLogBytes, openedAtMs: metadata.recordedAtMs };
  return openedBy === null ? common : { ...common, joinCount: 1, ...seat(context, openedBy) };
}

function seat(context: ChannelContext, participant: Participant): Partial<ChannelContext> {
  if (participant.role !== "merchant") return {};
  return context.merchant?.connectionId === participant.connectionId ? {} : { merchant: participant };
}

function judgeLast(attempts: readonly PaymentAttempt[], verdict: Verdict): readonly PaymentAttempt[] {
  const last = attempts.at(-1);
  return last === undefined ? attempts : [...attempts.slice(0, -1), { ...last, verdict }];
}
