import { afterClose, closeCode, homeElsewhere, readCloseReason } from "@p4/protocol";
import { backoffDelayMs } from "../backoff.ts";
import { sessionError, SessionError } from "../errors.ts";
import type { EndReason } from "../session-event.ts";
import { type Outbox, withoutEntry } from "./outbox.ts";
import type { SessionEffect, SessionState, Step } from "./session-core.ts";

export function connect(state: SessionState): Step {
  return {
    state: { ...state, phase: "connecting", elsewhere: null },
    effects: [
      { type: "connect", urlIndex: state.urlIndex, elsewhere: state.elsewhere, since: state.lastSequence },
      { type: "setTimer", timer: "join", delayMs: state.limits.joinTimeoutMs },
    ],
  };
}

export function loseConnection(state: SessionState, code: number, reason: string, random: number): Step {
  switch (afterClose(code)) {
    case "stop":
      return endRefused(state, code, reason);
    case "dropMessage": {
      const culprit = largestSent(state.outbox);
      if (culprit === undefined) return retry(state, code, reason, random);
      const next = retry({ ...state, outbox: withoutEntry(state.outbox, culprit) }, code, reason, random);
      const error = sessionError("MESSAGE_TOO_LARGE");
      return { state: next.state, effects: [{ type: "reject", messageId: culprit, error }, ...next.effects] };
    }
    case "joinElsewhere":
      return goElsewhere(state, code, reason, random);
    case "joinLater":
      return retry(state, code, reason, random);
  }
}

/** No socket to the address may be made from here, and that stays so: once it is so for all of them, trying is over. */
export function blockConnection(state: SessionState, reason: string, random: number): Step {
  const blocked = state.blocked + 1;
  if (blocked >= state.limits.urlCount) return endSession(state, "refused", sessionError("CONNECTION_BLOCKED", reason));
  const { state: next, effects } = retry(state, closeCode.broken, reason, random);
  return { state: { ...next, blocked }, effects };
}

/** The server ended it, or refuses to begin it. The reason of a refused join begins with the server's own code. */
function endRefused(state: SessionState, code: number, reason: string): Step {
  if (reason === "channel.expired") return endSession(state, "expired", sessionError("CHANNEL_EXPIRED"));
  if (reason === "channel.closed") return endSession(state, "closed", sessionError("CHANNEL_CLOSED"));
  const told = readCloseReason(reason);
  if (told !== null) return endSession(state, "refused", new SessionError(told.code, told.detail, false));
  const own = code >= 4000 && code <= 4099 ? "CHANNEL_CLOSED" : "JOIN_REFUSED";
  return endSession(state, "refused", sessionError(own, reason || `close code ${String(code)}`));
}

/** Two sites that do not agree where the home is would send a wallet back and forth. */
const mostRedirects = 4;

/** To the address that the server tells, at once and without a timer; the session's own list stays where it is. */
function goElsewhere(state: SessionState, code: number, reason: string, random: number): Step {
  const told = readCloseReason(reason);
  if (told?.code !== homeElsewhere || state.redirects >= mostRedirects) return retry(state, code, reason, random);
  const redirects = state.redirects + 1;
  const left = leave(
    { ...state, elsewhere: told.detail, redirects, lastLoss: lossText(code, reason) },
    code,
    reason,
    0,
  );
  const next = connect(left.state);
  return { state: next.state, effects: [...left.effects, ...next.effects] };
}

/** A drained server asks its clients to leave: the first attempt elsewhere follows at once, the next ones back off. */
function retry(state: SessionState, code: number, reason: string, random: number): Step {
  const failures = state.failures + 1;
  const atOnce = afterClose(code) === "joinElsewhere" && state.failures === 0;
  const retryInMs = atOnce ? 0 : backoffDelayMs(state.limits.backoff, failures, random);
  const urlIndex = (state.urlIndex + 1) % state.limits.urlCount;
  const next = { ...state, failures, urlIndex, blocked: 0, lastLoss: lossText(code, reason) };
  return waitFor(next, code, reason, retryInMs);
}

function waitFor(state: SessionState, code: number, reason: string, retryInMs: number): Step {
  const { state: next, effects } = leave(state, code, reason, retryInMs);
  return { state: next, effects: [...effects, { type: "setTimer", timer: "reconnect", delayMs: retryInMs }] };
}

function leave(state: SessionState, code: number, reason: string, retryInMs: number): Step {
  return {
    state: { ...state, phase: "waiting" },
    effects: [
      { type: "clearTimer", timer: "join" },
      { type: "clearTimer", timer: "receipt" },
      { type: "clearTimer", timer: "stable" },
      { type: "emit", event: { type: "disconnected", code, reason, retryInMs } },
    ],
  };
}

function lossText(code: number, reason: string): string {
  return `close code ${String(code)}${reason === "" ? "" : `, ${reason}`}`;
}

/** The last thing that a session does. Every message still on its way is rejected with the reason. */
export function endSession(state: SessionState, reason: EndReason, error: SessionError): Step {
  const timers = ["reconnect", "join", "receipt", "stable"] as const;
  const effects: SessionEffect[] = [
    ...timers.map((timer) => ({ type: "clearTimer", timer }) as const),
    ...state.outbox.map(({ messageId }) => ({ type: "reject", messageId, error }) as const),
    ...state.outbox.map(({ messageId }) => ({ type: "clearTimer", timer: `resend:${messageId}` }) as const),
    { type: "disconnect", code: 1000, reason: "" },
    { type: "emit", event: { type: "ended", reason, error } },
  ];
  return { state: { ...state, phase: "ended", outbox: [], end: error }, effects };
}

function largestSent(outbox: Outbox): string | undefined {
  const sent = outbox.filter(({ status }) => status === "sent");
  return sent.sort((left, right) => right.text.length - left.text.length)[0]?.messageId;
}
