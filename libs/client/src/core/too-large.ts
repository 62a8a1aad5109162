import { type SessionError, sessionError } from "../errors.ts";
import { type NewEntry, withoutEntry } from "./outbox.ts";
import type { SessionState, Step } from "./session-core.ts";

const utf8 = new TextEncoder();

/** Whether the server would close the socket over it, as far as it has told its limit. */
export function isTooLarge({ text }: NewEntry, { maxMessageBytes }: SessionState): boolean {
  if (maxMessageBytes === null || text.length * 3 <= maxMessageBytes) return false;
  return text.length > maxMessageBytes || utf8.encode(text).length > maxMessageBytes;
}

export function tooLarge({ maxMessageBytes }: SessionState): SessionError {
  return sessionError("MESSAGE_TOO_LARGE", `${String(maxMessageBytes)} bytes`);
}

/** A join may tell a limit that is lower than another server's, or the first one at all. */
export function rejectTooLarge(state: SessionState): Step {
  const rejected = state.outbox.filter((entry) => isTooLarge(entry, state));
  const outbox = rejected.reduce((rest, { messageId }) => withoutEntry(rest, messageId), state.outbox);
  const effects = rejected.map(({ messageId }) => ({ type: "reject", messageId, error: tooLarge(state) }) as const);
  return { state: { ...state, outbox }, effects };
}
