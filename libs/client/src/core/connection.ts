import { backoffDelayMs } from "../backoff.ts";
import { afterClose } from "../close-code.ts";
import { sessionError, type SessionError } from "../errors.ts";
import type { EndReason } from "../session-event.ts";
import { type Outbox, withoutEntry } from "./outbox.ts";
import type { SessionEffect, SessionState, Step } from "./session-core.ts";

export function connect(state: SessionState): Step {
  return {
    state: { ...state, phase: "connecting" },
    effects: [
      { type: "connect", urlIndex: state.urlIndex, since: state.lastSequence },
      { type: "setTimer", timer: "join", delayMs: state.limits.joinTimeoutMs },
    ],
  };
}

export function loseConnection(state: SessionState, code: number, reason: string, random: number): Step {
  switch (afterClose(code)) {
    case "end":
      return endSession(state, "refused", sessionError("CHANNEL_CLOSED", reason || `close code ${code}`));
    case "tooLarge": {
      const culprit = largestSent(state.outbox);
      if (culprit === undefined) return retry(state, code, reason, random);
      const next = retry({ ...state, outbox: withoutEntry(state.outbox, culprit) }, code, reason, random);
      const error = sessionError("MESSAGE_TOO_LARGE");
      return { state: next.state, effects: [{ type: "reject", messageId: culprit, error }, ...next.effects] };
    }
    case "retryElsewhereNow":
      return retry(state, code, reason, random);
    case "retry":
      return retry(state, code, reason, random);
  }
}

/** A drained server asks its clients to leave: the first attempt elsewhere follows at once, the next ones back off. */
function retry(state: SessionState, code: number, reason: string, random: number): Step {
  const failures = state.failures + 1;
  const atOnce = afterClose(code) === "retryElsewhereNow" && state.failures === 0;
  const retryInMs = atOnce ? 0 : backoffDelayMs(state.limits.backoff, failures, random);
  const urlIndex = (state.urlIndex + 1) % state.limits.urlCount;
  return {
    state: { ...state, phase: "waiting", failures, urlIndex },
    effects: [
      { type: "clearTimer", timer: "join" },
      { type: "clearTimer", timer: "receipt" },
      { type: "clearTimer", timer: "stable" },
      { type: "emit", event: { type: "disconnected", code, reason, retryInMs } },
      { type: "setTimer", timer: "reconnect", delayMs: retryInMs },
    ],
  };
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
