import { decodeFrame, headerValue, type Message, messageSpec, readErrorMessage, warningHeader } from "@p4/protocol";
import { backoffDelayMs } from "../backoff.ts";
import { isRetryableServerCode, SessionError, sessionError } from "../errors.ts";
import {
  hasSeatIn,
  maxMessageBytesOf,
  merchantPresentIn,
  receivedMessage,
  roleOf,
  sequenceOf,
} from "../received-message.ts";
import type { JoinInfo } from "../session-event.ts";
import { endSession } from "./connection.ts";
import { findEntry, type OutboxEntry, refusedEntry, replaceEntry, withoutEntry } from "./outbox.ts";
import { flushAll, receiptTimer } from "./sending.ts";
import type { Receipt, SessionState, Step } from "./session-core.ts";
import { rejectTooLarge } from "./too-large.ts";

/** A connection that has lasted this long after its join was a good one: the backoff starts from the beginning. */
const stableAfterMs = 5_000;

/** Frames that cannot be read, and keys of a later protocol, are passed over: they are no answer to anything. */
export function onFrame(state: SessionState, text: string, random: number): Step {
  const frame = decodeFrame(text, { maxBytes: state.limits.maxFrameBytes });
  if (!frame.ok) return { state, effects: [] };
  const { message } = frame;
  switch (message.key) {
    case "join.success":
      return onJoined(state, message);
    case "receipt":
      return onReceipt(state, message);
    case "error":
      return onRefusal(state, message, random);
    case "channel.expired":
      return endSession(state, "expired", sessionError("CHANNEL_EXPIRED"));
    case "channel.closed":
      return endSession(state, "closed", sessionError("CHANNEL_CLOSED"));
    default:
      return onMessage(state, message);
  }
}

function onJoined(state: SessionState, message: Message): Step {
  const join = joinInfoOf(message, state.hasJoined);
  // A second one: the merchant's seat has become free, and this session has it now.
  if (state.phase === "joined") {
    return {
      state: { ...state, hasSeat: hasSeatIn(message) },
      effects: [{ type: "emit", event: { type: "joined", join } }],
    };
  }
  if (state.phase !== "connecting") return { state, effects: [] };
  const joined = rejectTooLarge({
    ...state,
    // Another log than the one that was read, such as one restored: its sequences begin anew, and it tells all that it has.
    ...(join.history === "partial" ? { lastSequence: null, heardWithoutSeat: [] } : {}),
    hasSeat: hasSeatIn(message),
    phase: "joined",
    hasJoined: true,
    redirects: 0,
    receipts: join.sequence !== null,
    blocked: 0,
    lastLoss: null,
    maxMessageBytes: join.maxMessageBytes,
    merchantPresent: join.merchantPresent ?? state.merchantPresent,
  });
  const flushed = flushAll(joined.state);
  return {
    state: flushed.state,
    effects: [
      { type: "clearTimer", timer: "join" },
      { type: "setTimer", timer: "stable", delayMs: stableAfterMs },
      { type: "emit", event: { type: "joined", join } },
      ...joined.effects,
      ...flushed.effects,
    ],
  };
}

function joinInfoOf(message: Message, resumed: boolean): JoinInfo {
  return {
    sequence: sequenceOf(message),
    channelState: headerValue(message.headers, "x-p4-state"),
    expiresAt: headerValue(message.headers, "x-channel-expires"),
    role: roleOf(message),
    merchantPresent: merchantPresentIn(message),
    maxMessageBytes: maxMessageBytesOf(message),
    history: headerValue(message.headers, "x-p4-history") === "partial" ? "partial" : "complete",
    resumed,
  };
}

function onReceipt(state: SessionState, message: Message): Step {
  const messageId = message.correlationId;
  if (findEntry(state.outbox, messageId) === undefined) return { state, effects: [] };
  const duplicate = headerValue(message.headers, "x-p4-outcome") === "duplicate";
  const outcome = duplicate ? "duplicate" : "stored";
  const receipt: Receipt = { messageId, sequence: sequenceOf(message), outcome };
  const merchantPresent = merchantPresentIn(message) ?? state.merchantPresent;
  const next = { ...state, merchantPresent, outbox: withoutEntry(state.outbox, messageId) };
  const warning = headerValue(message.headers, warningHeader);
  const warned = warning === null ? [] : [{ type: "emit", event: { type: "warned", messageId, warning } } as const];
  return { state: next, effects: [{ type: "confirm", receipt }, ...warned, receiptTimer(next)] };
}

function onRefusal(state: SessionState, message: Message, random: number): Step {
  const report = readErrorMessage(message);
  if (report === null) return { state, effects: [] };
  const retryable = isRetryableServerCode(report.errCode);
  const error = new SessionError(report.errCode, `${report.title}: ${report.description}`, retryable);
  const entry = refusedEntry(state.outbox, report.correlationId, report.originKey);
  if (entry === undefined) {
    return {
      state,
      effects: [{ type: "emit", event: { type: "refused", error, messageId: null, retryInMs: null } }],
    };
  }
  return retryable ? sendLater(state, entry, error, random) : giveUp(state, entry, error);
}

function sendLater(state: SessionState, entry: OutboxEntry, error: SessionError, random: number): Step {
  const { messageId } = entry;
  const refusals = entry.refusals + 1;
  const retryInMs = backoffDelayMs(state.limits.backoff, refusals, random);
  const next = { ...state, outbox: replaceEntry(state.outbox, { ...entry, status: "delayed", refusals }) };
  return {
    state: next,
    effects: [
      receiptTimer(next),
      { type: "emit", event: { type: "refused", error, messageId, retryInMs } },
      { type: "setTimer", timer: `resend:${messageId}`, delayMs: retryInMs },
    ],
  };
}

function giveUp(state: SessionState, { messageId }: OutboxEntry, error: SessionError): Step {
  const next = { ...state, outbox: withoutEntry(state.outbox, messageId) };
  return {
    state: next,
    effects: [
      receiptTimer(next),
      { type: "emit", event: { type: "refused", error, messageId, retryInMs: null } },
      { type: "reject", messageId, error },
    ],
  };
}

/**
 * An answer to a repeated question comes again under its old sequence, and a server may echo or replay this wallet's own
 * messages: neither is news.
 */
function onMessage(state: SessionState, message: Message): Step {
  const received = receivedMessage(message);
  const { sequence } = received;
  const repeated = sequence !== null && isHeard(state, sequence);
  const next = sequence === null ? state : hear(state, sequence);
  const own = messageSpec(message.key)?.from.includes(state.limits.role) === true;
  return { state: next, effects: own ? [] : [{ type: "deliver", received, repeated }] };
}

function isHeard({ lastSequence, heardWithoutSeat }: SessionState, sequence: number): boolean {
  return (lastSequence !== null && sequence <= lastSequence) || heardWithoutSeat.includes(sequence);
}

function hear(state: SessionState, sequence: number): SessionState {
  const { lastSequence, heardWithoutSeat, hasSeat } = state;
  if (hasSeat) {
    if (lastSequence !== null && sequence <= lastSequence) return state;
    const later = heardWithoutSeat.filter((heard) => heard > sequence);
    return { ...state, lastSequence: sequence, heardWithoutSeat: later };
  }
  return isHeard(state, sequence) ? state : { ...state, heardWithoutSeat: [...heardWithoutSeat, sequence] };
}
