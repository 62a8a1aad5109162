import type { WalletRecord } from "../wallets/wallet-record.ts";

/** An event as the log holds it. */
export interface LoggedEvent {
  readonly streamVersion: number;
  readonly text: string;
  /** By the broker's clock. */
  readonly storedAtMs: number;
}

/** All that is known of a campaign when it is over: what the log holds, and what the wallets saw. */
export interface History {
  readonly log: ReadonlyMap<string, readonly LoggedEvent[]>;
  readonly records: readonly WalletRecord[];
  /** When the log was read. */
  readonly readAtMs: number;
}

export interface CheckLimits {
  /** A connected wallet that has not been told of an event after this is deaf. Longer than any fault lasts. */
  readonly lateAfterMs: number;
  /** A channel whose deadline is this far in the past must have expired. */
  readonly expiryGraceMs: number;
}

export const violationCodes = [
  "LOST_ACKNOWLEDGED",
  "LOST_DELIVERED",
  "STORED_TWICE",
  "OUT_OF_ORDER",
  "GAP",
  "DELIVERED_LATE",
  "ILLEGAL_HISTORY",
  "EXPIRED_TWICE",
  "EXPIRED_EARLY",
  "NOT_EXPIRED",
  "OUTCOMES_DIFFER",
  "WAITED_FOR_EVER",
  // Of campaigns with regions.
  "ACKNOWLEDGED_AFTER_LEASE",
  "TWO_HOMES",
  "TAIL_WITHOUT_FAILOVER",
  "COPY_DIFFERS",
  "NOT_WHOLE",
] as const;

export type ViolationCode = (typeof violationCodes)[number];

/** A promise of the system that was not kept. */
export interface Violation {
  readonly code: ViolationCode;
  readonly channelId: string;
  readonly detail: string;
}
