import type { Participant } from "./participant.ts";
import type { RecordedMessage } from "./recorded-message.ts";

/** Facts of one payment channel, in the order in which they were stored. `upcast.ts` has the version of each. */
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
  | TransactionRejected
  | ProofRevoked
  | DeadlineExtended
  | AckGraceStarted
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
  /** What was promised of the event when a whole site is lost; absent: its deployment had one site. */
  readonly copyClass?: CopyClass;
}

/**
 * `none`: one site has the event. `async`: copies at other sites follow. `sync`: it counts once a copy has it. A newer build
 * may know more of them.
 */
export type CopyClass = "none" | "async" | "sync";

export type ChannelOpened = Fact<
  "ChannelOpened",
  {
    readonly channelId: string;
    readonly expiresAtMs: number;
    readonly openedBy: Participant | null;
    /** How long after the deadline a payment that was sent in time may still be acknowledged; absent: not at all. */
    readonly ackGraceMs?: number;
    /** What the log may hold before only answers are taken; absent: the default. */
    readonly maxLogBytes?: number;
  }
>;
export type ParticipantJoined = Fact<"ParticipantJoined", { readonly participant: Participant }>;

interface FromWallet {
  readonly from: Participant;
  readonly message: RecordedMessage;
}
export type TermsRequested = Fact<"TermsRequested", FromWallet>;
export type TermsOffered = Fact<"TermsOffered", FromWallet>;
export type TermsRefused = Fact<"TermsRefused", FromWallet>;
export type PaymentSubmitted = Fact<"PaymentSubmitted", FromWallet & PaidTransactions>;

/** What a payment pays with. Empty when the body holds no transaction that we can read: the merchant judges it. */
export interface PaidTransactions {
  /** The first of `txids`, null when there is none: what version 1 of the event had. */
  readonly txid: string | null;
  /** All of them, in the payment's order: a hybrid payment (BRC-54) has several. */
  readonly txids: readonly string[];
}
export type PaymentAccepted = Fact<"PaymentAccepted", FromWallet>;
/** The merchant's verdict on this payment. It binds for this body: with more evidence the payment may come again. */
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
  /** True: the server has a source of headers, and it does not know the block yet. Such a proof settles nothing. */
  readonly awaitsHeader?: boolean;
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

/** A miner will not mine a transaction of this channel. */
export interface RecordedRejection {
  readonly txid: string;
  /** The miner's own word, such as `REJECTED`. */
  readonly status: string;
  /** The miner's number for the reason, such as ARC's 466. */
  readonly code: number | null;
  /** The miner's words. */
  readonly detail: string;
  readonly competingTxids: readonly string[];
  readonly raw: string;
  readonly bodyText: string;
}
export type TransactionRejected = Fact<"TransactionRejected", { readonly rejection: RecordedRejection }>;

/** The block of a proof has left the chain: what it proved is not mined any more. */
export interface RecordedRevocation {
  readonly txid: string;
  /** The miner's own word, such as `MINED_IN_STALE_BLOCK`. */
  readonly status: string;
  /** The blocks that left the chain. Empty: whichever block the transaction was in. */
  readonly blockHashes: readonly string[];
  /** The miner's words. */
  readonly detail: string;
  readonly raw: string;
  readonly bodyText: string;
}
export type ProofRevoked = Fact<"ProofRevoked", { readonly revocation: RecordedRevocation }>;

export type DeadlineExtended = Fact<
  "DeadlineExtended",
  {
    readonly expiresAtMs: number;
    /** Who gave the time and why; absent where it was not told. */
    readonly by?: string;
    readonly reason?: string;
  }
>;
/** The deadline came while a payment waited for its acknowledgement, which may come until `graceUntilMs`. */
export type AckGraceStarted = Fact<"AckGraceStarted", { readonly graceUntilMs: number }>;
export type ChannelExpired = Fact<"ChannelExpired", { readonly expiresAtMs: number }>;
export type ChannelClosed = Fact<"ChannelClosed", { readonly by: string; readonly reason: string }>;

/** An event without what only the log can give it: its place in the hash chain, and what is promised of it. */
export type NewChannelEvent = {
  [Type in ChannelEventType]: Omit<Extract<ChannelEvent, { type: Type }>, "metadata"> & {
    readonly metadata: Omit<EventMetadata, "previousHash" | "schemaVersion" | "copyClass">;
  };
}[ChannelEventType];
