import type { ChannelContext, PaymentAttempt } from "./context.ts";
import type { Sha256Hex } from "./event-codec.ts";
import { isSameBody } from "./message-content.ts";
import type { RecordedMessage } from "./recorded-message.ts";
import type { RememberedEvent } from "./remembered-event.ts";

/** What makes a payment this one. */
export interface PaymentIdentity {
  readonly txids: readonly string[];
  readonly message: RecordedMessage;
}

/**
 * The earlier payment that this one repeats. While the merchant judges, and once he has accepted, that is any with the
 * same transactions. After a refusal it is the identical body alone: the same transactions with more evidence must reach
 * the merchant again, since the payer could otherwise only double-spend. A payment that the merchant could not judge does
 * not count.
 */
export function findPayment(
  payment: PaymentIdentity,
  { attempts }: ChannelContext,
  sha256Hex: Sha256Hex,
): RememberedEvent<"PaymentSubmitted"> | null {
  const repeated = attempts.findLast((attempt) => isRepeatedBy(attempt, payment, sha256Hex));
  return repeated?.payment ?? null;
}

function isRepeatedBy(
  { payment: earlier, verdict }: PaymentAttempt,
  payment: PaymentIdentity,
  sha256Hex: Sha256Hex,
): boolean {
  if (verdict?.type === "PaymentFailed" || !hasSameTransactions(earlier.data.txids, payment.txids)) return false;
  if (payment.txids.length > 0 && verdict?.type !== "PaymentRefused") return true;
  return isSameBody(earlier.data.message, payment.message, sha256Hex);
}

/** In any order: a payment is the set of its transactions. */
function hasSameTransactions(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((txid) => right.includes(txid));
}
