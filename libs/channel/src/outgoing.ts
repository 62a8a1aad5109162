import type { Role } from "@p4/protocol";
import { isEnded, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import type { WalletEventType } from "./context.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** A message that leaves the server: a wallet's own, passed on, or one of the server's. */
export type OutgoingMessage = RelayedMessage | ServerMessage;

export interface RelayedMessage {
  readonly kind: "relayed";
  readonly streamVersion: number;
  readonly event: SequencedEvent<WalletEventType>;
}

export interface ServerMessage {
  readonly kind: "server";
  readonly streamVersion: number;
  readonly key: "proof.create" | "doublespend.notify" | "channel.expired" | "channel.closed";
  readonly messageId: string;
  readonly correlationId: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly bodyText: string | null;
  readonly timestampMs: number;
}

export type Audience = "merchant" | "customers" | "everyone";

export interface Delivery {
  readonly audience: Audience;
  /** The sender gets no echo. */
  readonly exceptConnectionId: string | null;
  readonly message: OutgoingMessage;
}

/** Who is told of an event, and what. Null: nobody. */
export function deliveryOf(event: SequencedEvent): Delivery | null {
  const message = outgoingMessage(event);
  if (message === null) return null;
  if (message.kind === "server") {
    const audience = message.key === "doublespend.notify" ? "merchant" : "everyone";
    return { audience, exceptConnectionId: null, message };
  }
  const from = message.event.data.from;
  return {
    audience: from.role === "customer" ? "merchant" : "everyone",
    exceptConnectionId: from.connectionId,
    message,
  };
}

/** A connection without a role yet hears what either role would hear. */
export function hears(role: Role | null, audience: Audience): boolean {
  return audience === "everyone" || role === null || (audience === "merchant") === (role === "merchant");
}

export function outgoingMessage(event: SequencedEvent): OutgoingMessage | null {
  switch (event.type) {
    case "TermsRequested":
    case "TermsOffered":
    case "TermsRefused":
    case "PaymentSubmitted":
    case "PaymentAccepted":
    case "PaymentRefused":
    case "PaymentFailed":
      return { kind: "relayed", streamVersion: event.streamVersion, event };
    case "ProofRecorded":
      return {
        ...serverMessage(event, "proof.create", event.data.proof.bodyText),
        correlationId: event.data.proof.txid,
        headers: [["X-Tx-Id", event.data.proof.txid]],
      };
    case "DoubleSpendReported":
      return {
        ...serverMessage(event, "doublespend.notify", event.data.doubleSpend.bodyText),
        correlationId: event.data.doubleSpend.txid,
        headers: [["X-Tx-Id", event.data.doubleSpend.txid]],
      };
    case "ChannelExpired":
      return serverMessage(event, "channel.expired", null);
    case "ChannelClosed":
      return serverMessage(event, "channel.closed", null);
    case "ChannelOpened":
    case "ParticipantJoined":
    case "DeadlineExtended":
      return null;
  }
}

function serverMessage(event: SequencedEvent, key: ServerMessage["key"], bodyText: string | null): ServerMessage {
  return {
    kind: "server",
    streamVersion: event.streamVersion,
    key,
    messageId: event.metadata.eventId,
    correlationId: "",
    headers: [],
    bodyText,
    timestampMs: event.metadata.recordedAtMs,
  };
}

/**
 * Store and forward: what a joining connection of this role still has to know, in the order it was stored. At a
 * channel's end nothing waits for an answer any more, so the merchant is asked for nothing.
 */
export function pendingFor(role: Role | null, snapshot: ChannelSnapshot): readonly OutgoingMessage[] {
  const events = [
    ...(role === "customer" || isEnded(snapshot) ? [] : pendingForMerchant(snapshot)),
    ...(role === "merchant" ? [] : pendingForCustomer(snapshot)),
    ...snapshot.context.proofs,
  ];
  return events
    .sort((left, right) => left.streamVersion - right.streamVersion)
    .map(outgoingMessage)
    .filter((message) => message !== null);
}

function pendingForMerchant(snapshot: ChannelSnapshot): readonly SequencedEvent[] {
  const { request, attempts, doubleSpends } = snapshot.context;
  const unanswered = attempts.at(-1);
  return [
    ...(request === null ? [] : [request]),
    ...(unanswered?.verdict === null ? [unanswered.payment] : []),
    ...doubleSpends,
  ];
}

/** Terms are pending until they are paid; a verdict always is, since nobody confirms having read it. */
function pendingForCustomer(snapshot: ChannelSnapshot): readonly SequencedEvent[] {
  const { terms, attempts } = snapshot.context;
  const verdict = attempts.at(-1)?.verdict ?? null;
  const wantsTerms = terms !== null && (stateName(snapshot) === "awaitingPayment" || terms.type === "TermsRefused");
  return [...(wantsTerms ? [terms] : []), ...(verdict === null ? [] : [verdict])];
}
