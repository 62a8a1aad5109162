import type { Participant } from "./participant.ts";
import type { RecordedDoubleSpend, RecordedProof, RecordedRejection, RecordedRevocation } from "./events.ts";
import type { RecordedMessage } from "./recorded-message.ts";

/** A request to change a channel. Time and ids come in with it: the core has neither clock nor randomness. */
export type ChannelCommand = JoinChannel | WalletCommand | EndChannel | MinerCommand | OperatorCommand;

export interface CommandMetadata {
  /** Becomes the event's id. The same command sent again carries the same id. */
  readonly commandId: string;
  readonly nowMs: number;
  readonly correlationId: string;
  readonly causationId: string;
}

interface Command<Type extends string> {
  readonly type: Type;
  readonly metadata: CommandMetadata;
}

export interface JoinChannel extends Command<"JoinChannel"> {
  readonly channelId: string;
  readonly participant: Participant;
  /** The deadline, should this join open the channel. */
  readonly expiresAtMs: number;
  /** How long after that deadline a waiting payment may still be acknowledged. Default 0. */
  readonly ackGraceMs?: number;
  /** What the log of a channel that this join opens may hold, in bytes. Default 16 MiB. */
  readonly maxLogBytes?: number;
  /** False when the join policy does not let this participant open a channel. */
  readonly mayOpen: boolean;
  /** Whether the connection that holds the merchant's role still lives; asked only when the role is contested. */
  readonly merchantIsAlive: boolean;
}

interface WalletMessage<Type extends string> extends Command<Type> {
  readonly from: Participant;
  readonly message: RecordedMessage;
  readonly merchantIsAlive: boolean;
}
export type RequestTerms = WalletMessage<"RequestTerms">;
export type OfferTerms = WalletMessage<"OfferTerms">;
export type RefuseTerms = WalletMessage<"RefuseTerms">;
export interface SubmitPayment extends WalletMessage<"SubmitPayment"> {
  /** The payment's transactions, in its order; empty when none can be read. */
  readonly txids: readonly string[];
}
export type AcceptPayment = WalletMessage<"AcceptPayment">;
export interface RefusePayment extends WalletMessage<"RefusePayment"> {
  readonly reason: string;
}
export type FailPayment = WalletMessage<"FailPayment">;

export type WalletCommand =
  RequestTerms | OfferTerms | RefuseTerms | SubmitPayment | AcceptPayment | RefusePayment | FailPayment;

/** The merchant's own end of the channel. Its message is no part of the log: the event says all of it. */
export type EndChannel = WalletMessage<"EndChannel">;

/** What miners say of the channel's transactions. */
export type MinerCommand = RecordProof | ReportDoubleSpend | ReportRejection | RevokeProof;
export interface RecordProof extends Command<"RecordProof"> {
  readonly proof: RecordedProof;
}
export interface ReportDoubleSpend extends Command<"ReportDoubleSpend"> {
  readonly doubleSpend: RecordedDoubleSpend;
}
export interface ReportRejection extends Command<"ReportRejection"> {
  readonly rejection: RecordedRejection;
}
export interface RevokeProof extends Command<"RevokeProof"> {
  readonly revocation: RecordedRevocation;
}

export type OperatorCommand = ExtendDeadline | ExpireChannel | CloseChannel;
export interface ExtendDeadline extends Command<"ExtendDeadline"> {
  readonly expiresAtMs: number;
  readonly by?: string;
  readonly reason?: string;
}
export type ExpireChannel = Command<"ExpireChannel">;
export interface CloseChannel extends Command<"CloseChannel"> {
  readonly by: string;
  readonly reason: string;
}
