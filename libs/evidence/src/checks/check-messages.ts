import type { ChannelEventType, RecordedMessage } from "@p4/channel";
import { ackOutcome, decodeFrame, formerAckOutcome, messageSpec, type AckOutcome, type Message } from "@p4/protocol";
import { failed, proved, type EvidenceCheck } from "../report.ts";
import { checkEach, eventsOf, type RecordedEvent } from "./recorded-event.ts";

const walletKeys = {
  TermsRequested: "paymentrequest.create",
  TermsOffered: "paymentrequest.response",
  TermsRefused: "paymentrequest.error",
  PaymentSubmitted: "payment",
  PaymentAccepted: "payment.ack",
  PaymentRefused: "payment.ack",
  PaymentFailed: "payment.error",
} as const satisfies Partial<Record<ChannelEventType, string>>;

type WalletEventType = keyof typeof walletKeys;

const walletEventTypes = Object.keys(walletKeys) as readonly WalletEventType[];

// The edge's own limit is its operator's choice; what it accepted is read here whatever its size.
const frameLimits = { maxBytes: Number.MAX_SAFE_INTEGER };

/** Reads every raw frame again: it must say what the event made of it. */
export function checkMessages(channelId: string, events: readonly RecordedEvent[]): readonly EvidenceCheck[] {
  const messages = eventsOf(events, ...walletEventTypes);
  if (messages.length === 0) return [];
  const faults = checkEach("MESSAGES", messages, (recorded) => {
    const { event } = recorded;
    const message = readFrame(event.data.message);
    const fault = typeof message === "string" ? message : faultOf(message, event, channelId);
    return fault === null ? [] : [failed("MESSAGES", `The message as received ${fault}.`, recorded)];
  });
  if (faults.length > 0) return faults;
  const subject =
    messages.length === 1
      ? "The wallet message, as received, says what its event says"
      : `The ${messages.length} wallet messages, as received, say what their events say`;
  return [proved("MESSAGES", `${subject} (key, ids, sender's role, verdict).`)];
}

function faultOf(message: Message, event: RecordedEvent<WalletEventType>["event"], channelId: string): string | null {
  const { message: recorded, from } = event.data;
  if (message.key !== walletKeys[event.type]) return `has the key ${message.key}, which is no ${event.type}`;
  if (message.key !== recorded.key) return `has the key ${message.key}, not ${recorded.key}`;
  if (message.channelId !== "" && message.channelId !== channelId) return `is for the channel ${message.channelId}`;
  const senders: readonly string[] = messageSpec(message.key)?.from ?? [];
  if (from.role === null || !senders.includes(from.role)) return `may not come from the role ${String(from.role)}`;
  return idFault(message, recorded) ?? verdictFault(message, event);
}

function idFault(message: Message, recorded: RecordedMessage): string | null {
  // The server gives an id to a message that came without one.
  if (message.messageId !== "" && message.messageId !== recorded.messageId) return "has another messageId";
  return message.correlationId === recorded.correlationId ? null : "has another correlationId";
}

function verdictFault(message: Message, event: RecordedEvent<WalletEventType>["event"]): string | null {
  if (event.type !== "PaymentAccepted" && event.type !== "PaymentRefused") return null;
  const fault = outcomeFault(ackOutcome(message.bodyText), event);
  // A server of an earlier version stored what it read by the rule of its day.
  return fault === null || outcomeFault(formerAckOutcome(message.bodyText), event) === null ? null : fault;
}

function outcomeFault(
  { accepted, memo }: AckOutcome,
  event: RecordedEvent<"PaymentAccepted" | "PaymentRefused">["event"],
): string | null {
  if (accepted !== (event.type === "PaymentAccepted")) {
    return `says that the payment was ${accepted ? "accepted" : "refused"}`;
  }
  return event.type === "PaymentRefused" && event.data.reason !== (memo ?? "") ? "gives another reason" : null;
}

/** The message, or what is wrong with its frame. */
export function readFrame({ raw, dialect }: RecordedMessage): Message | string {
  const frame = decodeFrame(raw, frameLimits);
  if (!frame.ok) return `cannot be read: ${frame.error.code} ${frame.error.field ?? ""}`.trimEnd();
  return frame.dialect === dialect ? frame.message : `is in the dialect ${frame.dialect}, not ${dialect}`;
}
