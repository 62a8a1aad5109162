import type { ChannelErrorCode } from "./errors.ts";
import type { NewChannelEvent } from "./events.ts";
import type { OutgoingMessage } from "./outgoing.ts";

/** The core's answer to a command. */
export type Decision =
  /** Append this event; only then does anything else happen. */
  | { readonly outcome: "accepted"; readonly event: NewChannelEvent }
  /** Right, and nothing new to store. */
  | { readonly outcome: "unchanged" }
  /** The log has it already. The sender gets the answers that it may have missed. */
  | { readonly outcome: "duplicate"; readonly streamVersion: number; readonly replies: readonly OutgoingMessage[] }
  /** The deadline has passed although nobody recorded it yet: expire the channel, then decide again. */
  | { readonly outcome: "overdue" }
  | Refusal;

export interface Refusal {
  readonly outcome: "refused";
  readonly code: ChannelErrorCode;
  readonly detail: string;
}

export function refuse(code: ChannelErrorCode, detail: string): Refusal {
  return { outcome: "refused", code, detail };
}
