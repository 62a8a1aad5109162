import type { BodyWarning } from "@p4/protocol";
import { transactionIdsOf, type SpvCrypto } from "@p4/spv";

/** What the server reads of a payment, on a socket and over HTTP alike. */
export interface ReadPayment {
  readonly txids: readonly string[];
  /** What was not recognised; `null` when nothing is to be said. */
  readonly warning: BodyWarning | null;
}

/** A payment whose transactions cannot be read is known by its text alone: its sender is told. */
export function readPayment(json: unknown, warning: BodyWarning | null, crypto: SpvCrypto): ReadPayment {
  const txids = transactionIdsOf(json, crypto);
  return { txids, warning: warning ?? (txids.length === 0 ? unread : null) };
}

const unread: BodyWarning = { field: "body", rule: "has no transaction that the server can read" };
