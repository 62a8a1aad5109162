import type { Role } from "@p4/protocol";
import { isEnded, stateName, type ChannelSnapshot } from "./channel.machine.ts";
import { isWalletEvent, type ChannelContext, type WalletEventType } from "./context.ts";
import { standingProofs } from "./proven.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** A message that leaves the server: a wallet's own, passed on, or one of the server's. */
export type OutgoingMessage = RelayedMessage | ServerMessage;

export interface RelayedMessage {
  readonly kind: "relayed";
  readonly streamVersion: number;
  readonly event: SequencedEvent<WalletEventType>;
}

type ServerKey =
  | "proof.create"
  | "proof.revoked"
  | "doublespend.notify"
  | "transaction.rejected"
  | "channel.expired"
  | "channel.closed";

export interface ServerMessage {
  readonly kind: "server";
  readonly streamVersion: number;
  readonly key: ServerKey;
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
  if (isWalletEvent(event)) return { kind: "relayed", streamVersion: event.streamVersion, event };
  switch (event.type) {
    case "ProofRecorded":
      return minersNews(event, "proof.create", event.data.proof);
    case "DoubleSpendReported":
      return minersNews(event, "doublespend.notify", event.data.doubleSpend);
    case "TransactionRejected":
      return minersNews(event, "transaction.rejected", event.data.rejection);
    case "ProofRevoked":
      return minersNews(event, "proof.revoked", event.data.revocation);
    case "ChannelExpired":
      return serverMessage(event, "channel.expired", null);
    case "ChannelClosed":
      return serverMessage(event, "channel.closed", null);
    case "ChannelOpened":
    case "ParticipantJoined":
    case "DeadlineExtended":
    case "AckGraceStarted":
      return null;
  }
}

function minersNews(
  event: SequencedEvent,
  key: ServerKey,
  { txid, bodyText }: { readonly txid: string; readonly bodyText: string },
): ServerMessage {
  return { ...serverMessage(event, key, bodyText), correlationId: txid, headers: [["X-Tx-Id", txid]] };
}

function serverMessage(event: SequencedEvent, key: ServerKey, bodyText: string | null): ServerMessage {
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
    ...minersNewsFor(snapshot.context),
  ];
  return events
    .sort((left, right) => left.streamVersion - right.streamVersion)
    .map(outgoingMessage)
    .filter((message) => message !== null);
}

/** The proofs that stand, what revoked one that has no successor, and the rejections of the newest payment. */
function minersNewsFor(context: ChannelContext): readonly SequencedEvent[] {
  const { attempts, rejections, revocations } = context;
  const proofs = standingProofs(context);
  const proven = new Set(proofs.map(({ data }) => data.proof.txid));
  const paid = attempts.at(-1)?.payment.data.txids ?? [];
  return [
    ...proofs,
    ...revocations.filter(({ data }) => !proven.has(data.revocation.txid)),
    ...rejections.filter(({ data }) => paid.includes(data.rejection.txid) && !proven.has(data.rejection.txid)),
  ];
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
