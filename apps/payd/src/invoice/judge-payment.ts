import { isOverdue, type Invoice } from "./invoice.ts";
import type { PaymentRefusalCode } from "./payment-refusals.ts";

/** What to do with a payment, before its transaction is looked at any closer. */
export type PaymentJudgement =
  /** New to this invoice: check it. */
  | { readonly kind: "verify" }
  /** Checked and stored before: go on with the broadcast. */
  | { readonly kind: "broadcast" }
  /** Broadcast before: the same acknowledgement again. */
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly code: PaymentRefusalCode; readonly memo?: string }
  /** Another transaction may or may not have reached the miner: taking this one too could make the customer pay twice. */
  | { readonly kind: "busy" };

export function judgePayment(invoice: Invoice, txid: string, nowMs: number): PaymentJudgement {
  const refused = invoice.refused.find((entry) => entry.txid === txid);
  if (refused !== undefined) return { kind: "refused", code: "MINER_REFUSED", memo: refused.memo };
  if (invoice.state === "pending") {
    return isOverdue(invoice, nowMs) ? { kind: "refused", code: "INVOICE_EXPIRED" } : { kind: "verify" };
  }
  if (invoice.state === "cancelled") return { kind: "refused", code: "INVOICE_CANCELLED" };
  const isSame = invoice.payment?.txid === txid;
  if (invoice.state === "paymentReceived") return { kind: isSame ? "broadcast" : "busy" };
  return isSame ? { kind: "accepted" } : { kind: "refused", code: "INVOICE_PAID" };
}
