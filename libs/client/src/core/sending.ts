import { replaceEntry, requeueAll } from "./outbox.ts";
import type { SessionEffect, SessionState, Step } from "./session-core.ts";

/** Writes what waits, in order. Nothing is written before the join: the server has to know the role first. */
export function flush(state: SessionState): Step {
  if (state.phase !== "joined" || !state.outbox.some(({ status }) => status === "queued")) {
    return { state, effects: [] };
  }
  return state.receipts ? writeQueued(state) : writeUnconfirmed(state);
}

/** After a join: whatever was on its way is written again under its old messageId, also what was to wait. */
export function flushAll(state: SessionState): Step {
  const delayed = state.outbox.filter(({ status }) => status === "delayed");
  const flushed = flush({ ...state, outbox: requeueAll(state.outbox) });
  const stopped = delayed.map(({ messageId }) => ({ type: "clearTimer", timer: `resend:${messageId}` }) as const);
  return { state: flushed.state, effects: [...stopped, ...flushed.effects] };
}

function writeQueued(state: SessionState): Step {
  const timerRuns = state.outbox.some(({ status }) => status === "sent");
  let { outbox } = state;
  const effects: SessionEffect[] = [];
  for (const entry of state.outbox) {
    if (entry.status !== "queued") continue;
    effects.push({ type: "write", text: entry.text });
    outbox = replaceEntry(outbox, { ...entry, status: "sent" });
  }
  if (!timerRuns) effects.push({ type: "setTimer", timer: "receipt", delayMs: state.limits.receiptTimeoutMs });
  return { state: { ...state, outbox }, effects };
}

/** A server without a log confirms nothing: what was written is done with. */
function writeUnconfirmed(state: SessionState): Step {
  const effects = state.outbox.flatMap(({ messageId, text }): SessionEffect[] => [
    { type: "write", text },
    { type: "confirm", receipt: { messageId, sequence: null, outcome: "written" } },
  ]);
  return { state: { ...state, outbox: [] }, effects };
}

/** The receipt timer watches the oldest unconfirmed message: each answer restarts it, the last one stops it. */
export function receiptTimer(state: SessionState): SessionEffect {
  return state.outbox.some(({ status }) => status === "sent")
    ? { type: "setTimer", timer: "receipt", delayMs: state.limits.receiptTimeoutMs }
    : { type: "clearTimer", timer: "receipt" };
}
