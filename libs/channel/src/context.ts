import { defaultMaxLogBytes } from "./limits.ts";
import type { ChannelEventType } from "./events.ts";
import type { Participant } from "./participant.ts";
import type {
  KnownEvent,
  RememberedDoubleSpend,
  RememberedEvent,
  RememberedProof,
  RememberedRejection,
  RememberedRevocation,
} from "./remembered-event.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

export type Verdict = RememberedEvent<"PaymentAccepted" | "PaymentRefused" | "PaymentFailed">;

/** One payment and the merchant's answer to it. */
export interface PaymentAttempt {
  readonly payment: RememberedEvent<"PaymentSubmitted">;
  readonly verdict: Verdict | null;
}

/** Everything that a channel remembers. Pending messages are kept whole, to be sent again; of large old ones the text is not. */
export interface ChannelContext {
  readonly channelId: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
  /** How long after the deadline a waiting payment may still be acknowledged. */
  readonly ackGraceMs: number;
  /** The end of that time, once the deadline has come with a payment waiting. */
  readonly graceUntilMs: number | null;
  /** 0 until the channel has expired or was closed. */
  readonly endedAtMs: number;
  readonly lastEventAtMs: number;
  readonly eventCount: number;
  /** Of all stored events. */
  readonly logBytes: number;
  /** What the log may hold before only answers are taken. */
  readonly maxLogBytes: number;
  readonly joinCount: number;
  /** The connection that may speak as the merchant; it may be gone, which only the node it was on can tell. */
  readonly merchant: Participant | null;
  readonly request: SequencedEvent<"TermsRequested"> | null;
  readonly terms: SequencedEvent<"TermsOffered" | "TermsRefused"> | null;
  readonly attempts: readonly PaymentAttempt[];
  readonly proofs: readonly RememberedProof[];
  readonly doubleSpends: readonly RememberedDoubleSpend[];
  readonly rejections: readonly RememberedRejection[];
  readonly revocations: readonly RememberedRevocation[];
  /** The wallets' messages, in the log's order. */
  readonly messages: readonly RememberedEvent[];
}

export type WalletEventType =
  | "TermsRequested"
  | "TermsOffered"
  | "TermsRefused"
  | "PaymentSubmitted"
  | "PaymentAccepted"
  | "PaymentRefused"
  | "PaymentFailed";

export const walletEventTypes: ReadonlySet<ChannelEventType> = new Set<WalletEventType>([
  "TermsRequested",
  "TermsOffered",
  "TermsRefused",
  "PaymentSubmitted",
  "PaymentAccepted",
  "PaymentRefused",
  "PaymentFailed",
]);

export function isWalletEvent(event: KnownEvent): event is RememberedEvent {
  return walletEventTypes.has(event.type);
}

export const emptyContext: ChannelContext = {
  channelId: "",
  openedAtMs: 0,
  expiresAtMs: 0,
  ackGraceMs: 0,
  graceUntilMs: null,
  endedAtMs: 0,
  lastEventAtMs: 0,
  eventCount: 0,
  logBytes: 0,
  maxLogBytes: defaultMaxLogBytes,
  joinCount: 0,
  merchant: null,
  request: null,
  terms: null,
  attempts: [],
  proofs: [],
  doubleSpends: [],
  rejections: [],
  revocations: [],
  messages: [],
};
