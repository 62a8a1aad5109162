import type { CheckedChannel } from "./decode-channels.ts";
import type { CheckLimits, Violation } from "./history.ts";
import { walletMessageId } from "./check-delivery.ts";

/** A wallet's message is in the log once, however often it was sent; a proof once per transaction and block. */
export function storedTwice({ channelId, events }: CheckedChannel): Violation[] {
  const seen = new Map<string, number>();
  const violations: Violation[] = [];
  for (const event of events) {
    const messageId = walletMessageId(event);
    const identity =
      messageId !== null && "from" in event.data
        ? `${event.data.from.role ?? "unknown"}:${messageId}`
        : `event ${event.metadata.eventId}`;
    const before = seen.get(identity);
    if (before !== undefined) {
      const detail = `${identity} at ${String(before)} and ${String(event.streamVersion)}`;
      violations.push({ code: "STORED_TWICE", channelId, detail });
    }
    seen.set(identity, event.streamVersion);
  }
  return violations;
}

/** A channel expires once, not before its deadline, and not much after it. */
export function expiryFaults(channel: CheckedChannel, readAtMs: number, { expiryGraceMs }: CheckLimits): Violation[] {
  const { channelId, events } = channel;
  const violations: Violation[] = [];
  const expiries = events.filter(({ type }) => type === "ChannelExpired");
  let deadlineMs: number | null = null;
  let agreedMs: number | null = null;
  for (const event of events) {
    if (event.type === "ChannelOpened" || event.type === "DeadlineExtended")
      deadlineMs = agreedMs = event.data.expiresAtMs;
    // The time for a late acknowledgement; with that the channel is over at once.
    if (event.type === "AckGraceStarted") deadlineMs = event.data.graceUntilMs;
    if (isVerdict(event)) deadlineMs = agreedMs;
    const earlyMs = event.type === "ChannelExpired" ? (deadlineMs ?? 0) - event.metadata.recordedAtMs : 0;
    if (earlyMs > 0) violations.push({ code: "EXPIRED_EARLY", channelId, detail: `${String(earlyMs)} ms early` });
  }
  if (expiries.length > 1) {
    violations.push({ code: "EXPIRED_TWICE", channelId, detail: `${String(expiries.length)} times` });
  }
  const isClosed = events.some(({ type }) => type === "ChannelClosed");
  if (expiries.length === 0 && !isClosed && deadlineMs !== null && deadlineMs + expiryGraceMs < readAtMs) {
    const detail = `${String(readAtMs - deadlineMs)} ms after its deadline`;
    violations.push({ code: "NOT_EXPIRED", channelId, detail });
  }
  return violations;
}

function isVerdict({ type }: CheckedChannel["events"][number]): boolean {
  return type === "PaymentAccepted" || type === "PaymentRefused" || type === "PaymentFailed";
}
