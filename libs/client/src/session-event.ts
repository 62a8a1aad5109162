import type { Role } from "@p4/protocol";
import type { SessionError } from "./errors.ts";
import type { ReceivedMessage } from "./received-message.ts";

/** What the server said on joining. */
export interface JoinInfo {
  /** Sequence of the channel's last event; null from a server that keeps no log. */
  readonly sequence: number | null;
  /** The channel's state, by the name of the server's machine. */
  readonly channelState: string | null;
  /** RFC 3339. */
  readonly expiresAt: string | null;
  /** What the server granted. Null: nothing yet, such as when another merchant has the seat; or the server does not say. */
  readonly role: Role | null;
  /** Whether a merchant is connected; null when the server does not say. */
  readonly merchantPresent: boolean | null;
  /** The largest message that the server takes; null when it does not say. */
  readonly maxMessageBytes: number | null;
  /** `partial`: some of what was missed can no longer be replayed. */
  readonly history: "complete" | "partial";
  /** False on the first join of this session. */
  readonly resumed: boolean;
}

export type EndReason = "expired" | "closed" | "refused" | "local";

/** Names of the events that carry a message, by message key. */
export const messageEventTypes: ReadonlyMap<string, MessageEventType> = new Map([
  ["paymentrequest.create", "termsRequested"],
  ["paymentrequest.response", "terms"],
  ["paymentrequest.error", "termsRefused"],
  ["payment", "payment"],
  ["payment.ack", "ack"],
  ["payment.error", "paymentFailed"],
  ["proof.create", "proof"],
  ["doublespend.notify", "doubleSpend"],
  ["transaction.rejected", "rejected"],
  ["proof.revoked", "proofRevoked"],
  ["invoice.paid", "paidByAnother"],
]);

export type MessageEventType =
  | "termsRequested"
  | "terms"
  | "termsRefused"
  | "payment"
  | "ack"
  | "paymentFailed"
  | "proof"
  | "doubleSpend"
  | "rejected"
  | "proofRevoked"
  | "paidByAnother";

/** One member for each type, so that a listener of one type sees that type's event. */
type MessageEvent = {
  readonly [Type in MessageEventType]: { readonly type: Type; readonly received: ReceivedMessage };
}[MessageEventType];

export type SessionEvent =
  | MessageEvent
  | { readonly type: "joined"; readonly join: JoinInfo }
  | { readonly type: "disconnected"; readonly code: number; readonly reason: string; readonly retryInMs: number }
  /** The server refused a message. `retryInMs` null: for good. `messageId` null: it does not say which. */
  | {
      readonly type: "refused";
      readonly error: SessionError;
      readonly messageId: string | null;
      readonly retryInMs: number | null;
    }
  /** The server did not recognise something in a message's body, and passed it on all the same: field and rule. */
  | { readonly type: "warned"; readonly messageId: string; readonly warning: string }
  /** A handler threw, or its answer could not be sent. */
  | { readonly type: "handlerFailed"; readonly error: unknown; readonly received: ReceivedMessage }
  | { readonly type: "ended"; readonly reason: EndReason; readonly error: SessionError };

export type SessionEventType = SessionEvent["type"];

export type EventOf<Type extends SessionEventType> = Extract<SessionEvent, { readonly type: Type }>;
