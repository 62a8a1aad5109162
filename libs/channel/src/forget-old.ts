import type { ChannelContext, PaymentAttempt, WalletEventType } from "./context.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { bodyHash } from "./message-content.ts";
import { isForgotten, type ForgottenEvent, type RememberedEvent } from "./remembered-event.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** Messages up to this size are kept whole: what is left of a larger one takes some hundred bytes itself. */
export const keptWholeBytes = 2_048;

/**
 * Forgets the texts of large messages that are no longer pending. They stay in the log, where the rare repetition that needs
 * one finds it; in memory a channel would otherwise take as much as its whole log, for as long as it is open.
 *
 * @param before the context before its last event, of which nothing is left to forget
 */
export function forgetOld(before: ChannelContext, context: ChannelContext, sha256Hex: Sha256Hex): ChannelContext {
  if (!mayForget(before, context)) return context;
  const pending = pendingVersions(context);
  const forgotten = new Map<number, ForgottenEvent>();
  for (const event of context.messages) {
    if (!isLarge(event) || pending.has(event.streamVersion)) continue;
    forgotten.set(event.streamVersion, forget(event, sha256Hex));
  }
  if (forgotten.size === 0) return context;
  // Each is the same event as before, less its text: the type of the one that it replaces is its own.
  const left = <Event extends RememberedEvent>(event: Event): Event =>
    (forgotten.get(event.streamVersion) as Event | undefined) ?? event;
  return {
    ...context,
    messages: context.messages.map(left),
    attempts: context.attempts.map(({ payment, verdict }): PaymentAttempt => ({
      payment: left(payment),
      verdict: verdict === null ? null : left(verdict),
    })),
  };
}

/** Of what was pending before the last event, and of that event itself: all others were looked at before. */
function mayForget(before: ChannelContext, { messages }: ChannelContext): boolean {
  const newest = messages.at(-1);
  return (newest !== undefined && isLarge(newest)) || pendingOf(before).some(isLarge);
}

function isLarge(event: RememberedEvent): event is SequencedEvent<WalletEventType> {
  return event.sizeBytes > keptWholeBytes && !isForgotten(event);
}

/** Versions of messages that a wallet may have to be handed at any time, without a read of the log. */
function pendingVersions(context: ChannelContext): ReadonlySet<number> {
  return new Set(pendingOf(context).map(({ streamVersion }) => streamVersion));
}

function pendingOf({ request, terms, attempts }: ChannelContext): readonly RememberedEvent[] {
  const last = attempts.at(-1);
  const pending = [request, terms, last?.verdict === null ? last.payment : last?.verdict];
  return pending.filter((event) => event !== null && event !== undefined);
}

function forget(event: SequencedEvent<WalletEventType>, sha256Hex: Sha256Hex): ForgottenEvent {
  const { type, data, metadata, streamVersion, sizeBytes } = event;
  const message = { ...data.message, raw: null, bodySha256: bodyHash(data.message, sha256Hex) };
  const txids = "txids" in data ? data.txids : [];
  return { type, data: { from: data.from, message, txids }, metadata, streamVersion, sizeBytes };
}
