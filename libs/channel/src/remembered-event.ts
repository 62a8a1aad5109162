import type { WalletEventType } from "./context.ts";
import type {
  EventMetadata,
  RecordedDoubleSpend,
  RecordedProof,
  RecordedRejection,
  RecordedRevocation,
} from "./events.ts";
import type { Participant } from "./participant.ts";
import type { RecordedMessage } from "./recorded-message.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

/** A wallet's message without its text, which the log still has. */
export interface ForgottenMessage extends Omit<RecordedMessage, "raw"> {
  readonly raw: null;
  /** SHA-256 (hex) of the body's text; null when there was none. Tells a repetition from another message. */
  readonly bodySha256: string | null;
}

interface Forgotten<Type extends WalletEventType> {
  readonly type: Type;
  readonly data: {
    readonly from: Participant;
    readonly message: ForgottenMessage;
    /** Of a payment; otherwise empty. */
    readonly txids: readonly string[];
  };
  readonly metadata: EventMetadata;
  readonly streamVersion: number;
  readonly sizeBytes: number;
}

/** A wallet's event of which the place, the ids, the sender and the transactions are left. */
export type ForgottenEvent<Type extends WalletEventType = WalletEventType> = {
  [Each in WalletEventType]: Forgotten<Each>;
}[Type];

/** A wallet's event in the channel's memory. */
export type RememberedEvent<Type extends WalletEventType = WalletEventType> =
  SequencedEvent<Type> | ForgottenEvent<Type>;

type MinersEventType = "ProofRecorded" | "DoubleSpendReported" | "TransactionRejected" | "ProofRevoked";

interface News<Type extends MinersEventType, Data> {
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
  readonly streamVersion: number;
  readonly sizeBytes: number;
}

/** What a miner said, in the channel's memory: as wallets are told it. What the miner sent is in the log alone. */
export type RememberedProof = News<"ProofRecorded", { readonly proof: Omit<RecordedProof, "raw"> }>;
export type RememberedDoubleSpend = News<
  "DoubleSpendReported",
  { readonly doubleSpend: Omit<RecordedDoubleSpend, "raw"> }
>;
export type RememberedRejection = News<"TransactionRejected", { readonly rejection: Omit<RecordedRejection, "raw"> }>;
export type RememberedRevocation = News<"ProofRevoked", { readonly revocation: Omit<RecordedRevocation, "raw"> }>;
export type RememberedNews = RememberedProof | RememberedDoubleSpend | RememberedRejection | RememberedRevocation;

/** An event as it comes from the log, or as the channel remembers it. */
export type KnownEvent = SequencedEvent | RememberedEvent | RememberedNews;

export function isForgotten(event: RememberedEvent): event is ForgottenEvent {
  return event.data.message.raw === null;
}

/**
 * The event with its text, where it must have one.
 *
 * @throws Error when its text has been forgotten: of what is pending it never is.
 */
export function whole(event: RememberedEvent): SequencedEvent<WalletEventType> {
  if (!isForgotten(event)) return event;
  throw new Error(`only the log has the text of ${event.type} at ${String(event.streamVersion)}`);
}
