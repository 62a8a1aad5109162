import type { CommandMetadata } from "./commands.ts";
import type { ChannelErrorCode } from "./errors.ts";
import type { NewChannelEvent } from "./events.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import type { ForgottenEvent } from "./remembered-event.ts";
import type { Participant } from "./participant.ts";

/** The core's answer to a command. */
export type Decision =
  /** Append this event; only then does anything else happen. */
  | { readonly outcome: "accepted"; readonly event: NewChannelEvent }
  /** Right, and nothing new to store. */
  | {
      readonly outcome: "unchanged";
      /** Of a join: with the role that is granted. */ readonly participant?: Participant;
    }
  /** The log has it already. The sender gets the answers that it may have missed. */
  | { readonly outcome: "duplicate"; readonly streamVersion: number; readonly replies: readonly Reply[] }
  /** The deadline has passed and is not recorded yet: expire the channel, then decide again. */
  | { readonly outcome: "overdue" }
  | Refusal;

/** A forgotten one is to be read from the log. */
export type Reply = OutgoingMessage | { readonly kind: "forgotten"; readonly event: ForgottenEvent };

export interface Refusal {
  readonly outcome: "refused";
  readonly code: ChannelErrorCode;
  readonly detail: string;
}

export function refuse(code: ChannelErrorCode, detail: string): Refusal {
  return { outcome: "refused", code, detail };
}

export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function accept<Type extends NewChannelEvent["type"]>(
  metadata: CommandMetadata,
  type: Type,
  data: Extract<NewChannelEvent, { type: Type }>["data"],
): Decision {
  const { commandId, nowMs, correlationId, causationId } = metadata;
  const event = { type, data, metadata: { eventId: commandId, recordedAtMs: nowMs, correlationId, causationId } };
  return { outcome: "accepted", event: event as NewChannelEvent };
}
