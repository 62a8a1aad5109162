import { isWalletEvent, type WalletEventType } from "./context.ts";
import { whole, type KnownEvent, type RememberedProof } from "./remembered-event.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** A message that leaves the server: a wallet's own, passed on, or one of the server's. */
export type OutgoingMessage = RelayedMessage | ServerMessage;

export interface RelayedMessage {
  readonly kind: "relayed";
  readonly streamVersion: number;
  readonly event: SequencedEvent<WalletEventType>;
}

type Stored = Pick<SequencedEvent, "streamVersion" | "metadata">;

type ServerKey =
  | "proof.create"
  | "proof.revoked"
  | "doublespend.notify"
  | "transaction.rejected"
  | "invoice.paid"
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

/**
 * What an event says on the wire; null: nothing.
 *
 * @throws Error when the text of a wallet's message has been forgotten.
 */
export function outgoingMessage(event: KnownEvent): OutgoingMessage | null {
  if (isWalletEvent(event)) return relayed(whole(event));
  switch (event.type) {
    case "ProofRecorded":
      return proofNews(event);
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

export function relayed(event: SequencedEvent<WalletEventType>): RelayedMessage {
  return { kind: "relayed", streamVersion: event.streamVersion, event };
}

function minersNews(
  event: Stored,
  key: ServerKey,
  { txid, bodyText }: { readonly txid: string; readonly bodyText: string },
): ServerMessage {
  return { ...serverMessage(event, key, bodyText), correlationId: txid, headers: [["X-Tx-Id", txid]] };
}

/** Whether the proof's block is known too: what is only received may be made up. */
function proofNews(event: RememberedProof): ServerMessage {
  const { proof } = event.data;
  const message = minersNews(event, "proof.create", proof);
  return { ...message, headers: [...message.headers, ["x-p4-proof", proof.status]] };
}

function serverMessage(event: Stored, key: ServerKey, bodyText: string | null): ServerMessage {
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

/** What customers who have not paid learn of an accepted payment. */
export function invoicePaid(event: Stored): ServerMessage {
  return serverMessage(event, "invoice.paid", null);
}
