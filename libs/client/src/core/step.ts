import { closeCode } from "@p4/protocol";
import { sessionError } from "../errors.ts";
import { blockConnection, connect, endSession, loseConnection } from "./connection.ts";
import { onFrame } from "./on-frame.ts";
import { findEntry, replaceEntry, withoutEntry } from "./outbox.ts";
import { flush, receiptTimer } from "./sending.ts";
import { isTooLarge, tooLarge } from "./too-large.ts";
import type { SessionInput, SessionState, Step, TimerName } from "./session-core.ts";

/**
 * The whole behaviour of a session: one input in, the new state and what is to be done out. No clock, no socket.
 * `random` is in [0, 1) and serves the backoff alone.
 */
export function step(state: SessionState, input: SessionInput, random: number): Step {
  if (state.phase === "ended") return afterEnd(state, input);
  switch (input.type) {
    case "start":
      return connect(state);
    case "frame":
      return onFrame(state, input.text, random);
    case "lost":
      return loseConnection(state, input.code, input.reason, random);
    case "blocked":
      return blockConnection(state, input.reason, random);
    case "send":
      return send(state, input);
    case "cancel":
      return cancel(state, input.messageId);
    case "timer":
      return onTimer(state, input.timer, random);
    case "stop":
      return endSession(state, "local", sessionError("SESSION_CLOSED"));
  }
}

function afterEnd(state: SessionState, input: SessionInput): Step {
  if (input.type !== "send" || state.end === null) return { state, effects: [] };
  return { state, effects: [{ type: "reject", messageId: input.entry.messageId, error: state.end }] };
}

function send(state: SessionState, { entry }: Extract<SessionInput, { type: "send" }>): Step {
  const { messageId } = entry;
  if (state.outbox.length >= state.limits.maxQueuedMessages) {
    const error = sessionError("QUEUE_FULL", `${state.limits.maxQueuedMessages} at most`);
    return { state, effects: [{ type: "reject", messageId, error }] };
  }
  if (isTooLarge(entry, state)) {
    return { state, effects: [{ type: "reject", messageId, error: tooLarge(state) }] };
  }
  return flush({ ...state, outbox: [...state.outbox, { ...entry, status: "queued", refusals: 0 }] });
}

/** Stops the repetitions; what was written already may still arrive. */
function cancel(state: SessionState, messageId: string): Step {
  if (findEntry(state.outbox, messageId) === undefined) return idle(state);
  const next = { ...state, outbox: withoutEntry(state.outbox, messageId) };
  return { state: next, effects: [{ type: "clearTimer", timer: `resend:${messageId}` }, receiptTimer(next)] };
}

function onTimer(state: SessionState, timer: TimerName, random: number): Step {
  switch (timer) {
    case "reconnect":
      return state.phase === "waiting" ? connect(state) : { state, effects: [] };
    case "join":
      return state.phase === "connecting" ? dropSilentSocket(state, "no join.success in time", random) : idle(state);
    case "receipt":
      return state.phase === "joined" ? dropSilentSocket(state, "no receipt in time", random) : idle(state);
    case "stable":
      return idle({ ...state, failures: 0 });
    default:
      return resend(state, timer.slice("resend:".length));
  }
}

const silentCode = closeCode.joinLater;

/** A peer that vanished without a close would otherwise be waited for until the operating system gives up. */
function dropSilentSocket(state: SessionState, reason: string, random: number): Step {
  const lost = loseConnection(state, silentCode, reason, random);
  return { state: lost.state, effects: [{ type: "disconnect", code: silentCode, reason }, ...lost.effects] };
}

function resend(state: SessionState, messageId: string): Step {
  const entry = findEntry(state.outbox, messageId);
  if (entry?.status !== "delayed") return idle(state);
  return flush({ ...state, outbox: replaceEntry(state.outbox, { ...entry, status: "queued" }) });
}

function idle(state: SessionState): Step {
  return { state, effects: [] };
}
