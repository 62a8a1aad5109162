import type { Participant } from "./participant.ts";
import type { RecordedMessage } from "./recorded-message.ts";

/** Facts of one payment channel, in the order in which they were stored. Version 1 of each. */
export type ChannelEvent =
  | ChannelOpened
  | ParticipantJoined
  | TermsRequested
  | TermsOffered
  | TermsRefused
  | PaymentSubmitted
  | PaymentAccepted
  | PaymentRefused
  | PaymentFailed
  | ProofRecorded
  | DoubleSpendReported
  | DeadlineExtended
  | ChannelExpired
  | ChannelClosed;

export type ChannelEventType = ChannelEvent["type"];

interface Fact<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
}

export interface EventMetadata {
  /** Unique in the channel; derived from the command, so that a retried command is the same event. */
  readonly eventId: string;
  readonly schemaVersion: number;
  readonly recordedAtMs: number;
  /** SHA-256 (hex) of the previous event's stored bytes; empty for the first event. */
  readonly previousHash: string;
  readonly correlationId: string;
  /** The connection, proof callback or operator command that caused the event. */
  readonly causationId: string;
}

export type ChannelOpened = Fact<
  "ChannelOpened",
  { readonly channelId: string; readonly expiresAtMs: number; readonly openedBy: Participant | null }
>;
export type ParticipantJoined = Fact<"ParticipantJoined", { readonly participant: Participant }>;

interface FromWallet {
  readonly from: Participant;
  readonly message: RecordedMessage;
}
export type TermsRequested = Fact<"TermsRequested", FromWallet>;
export type TermsOffered = Fact<"TermsOffered", FromWallet>;
export type TermsRefused = Fact<"TermsRefused", FromWallet>;
/** `txid` is null when the body holds no transaction that we can read: the merchant decides what it is worth. */
export type PaymentSubmitted = Fact<"PaymentSubmitted", FromWallet & { readonly txid: string | null }>;
export type PaymentAccepted = Fact<"PaymentAccepted", FromWallet>;
/** The merchant's verdict on this transaction: it binds for ever. */
export type PaymentRefused = Fact<"PaymentRefused", FromWallet & { readonly reason: string }>;
/** The merchant could not decide (`payment.error`): the same transaction may be submitted again. */
export type PaymentFailed = Fact<"PaymentFailed", FromWallet>;

/** `received`: the path is right, its block is not known to our header source. `verified`: the block is known too. */
export type ProofStatus = "received" | "verified";

export interface RecordedProof {
  readonly txid: string;
  readonly status: ProofStatus;
  /** Null when the proof's target was a Merkle root. */
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  readonly merkleRoot: string;
  readonly source: "mapi" | "arc";
  /** The callback's body, exactly as received. */
  readonly raw: string;
  /** The body of `proof.create`, as text. */
  readonly bodyText: string;
}
export type ProofRecorded = Fact<"ProofRecorded", { readonly proof: RecordedProof }>;

export interface RecordedDoubleSpend {
  readonly txid: string;
  readonly reason: "doubleSpend" | "doubleSpendAttempt";
  readonly competingTxids: readonly string[];
  readonly raw: string;
  readonly bodyText: string;
}
export type DoubleSpendReported = Fact<"DoubleSpendReported", { readonly doubleSpend: RecordedDoubleSpend }>;

export type DeadlineExtended = Fact<"DeadlineExtended", { readonly expiresAtMs: number }>;
export type ChannelExpired = Fact<"ChannelExpired", { readonly expiresAtMs: number }>;
export type ChannelClosed = Fact<"ChannelClosed", { readonly by: string; readonly reason: string }>;

/** An event without what only the log can give it: its place in the hash chain. */
export type NewChannelEvent = {
  [Type in ChannelEventType]: Omit<Extract<ChannelEvent, { type: Type }>, "metadata"> & {
    readonly metadata: Omit<EventMetadata, "previousHash" | "schemaVersion">;
  };
}[ChannelEventType];
