import type { ChannelEventType } from "./events.ts";
import type { Participant } from "./participant.ts";
import type { SequencedEvent } from "./sequenced-event.ts";

export type Verdict = SequencedEvent<"PaymentAccepted" | "PaymentRefused" | "PaymentFailed">;

/** One payment and the merchant's answer to it. */
export interface PaymentAttempt {
  readonly payment: SequencedEvent<"PaymentSubmitted">;
  readonly verdict: Verdict | null;
}

/** Everything that a channel remembers. Events are kept whole: pending messages are sent again from them. */
export interface ChannelContext {
  readonly channelId: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
  readonly lastEventAtMs: number;
  readonly eventCount: number;
  readonly joinCount: number;
  /** The connection that may speak as the merchant; it may be gone, which only the node it was on can tell. */
  readonly merchant: Participant | null;
  readonly request: SequencedEvent<"TermsRequested"> | null;
  readonly terms: SequencedEvent<"TermsOffered" | "TermsRefused"> | null;
  readonly attempts: readonly PaymentAttempt[];
  readonly proofs: readonly SequencedEvent<"ProofRecorded">[];
  readonly doubleSpends: readonly SequencedEvent<"DoubleSpendReported">[];
  /** Wallet messages already in the log, by `role:messageId`. */
  readonly seen: ReadonlyMap<string, SequencedEvent<WalletEventType>>;
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

export const emptyContext: ChannelContext = {
  channelId: "",
  openedAtMs: 0,
  expiresAtMs: 0,
  lastEventAtMs: 0,
  eventCount: 0,
  joinCount: 0,
  merchant: null,
  request: null,
  terms: null,
  attempts: [],
  proofs: [],
  doubleSpends: [],
  seen: new Map(),
};

/** The transaction that the merchant accepted; undefined before that, null when its payment named none. */
export function acceptedTxid(context: ChannelContext): string | null | undefined {
  return context.attempts.find((attempt) => attempt.verdict?.type === "PaymentAccepted")?.payment.data.txid;
}

/** Whether a proof is for the accepted payment. */
export function provesPayment(context: ChannelContext, txid: string): boolean {
  return acceptedTxid(context) === txid;
}
