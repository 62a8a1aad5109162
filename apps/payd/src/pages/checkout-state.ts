import { visibleText } from "@p4/protocol";
import { isOverdue, type Invoice } from "../invoice/invoice.ts";
import type { Refusal } from "../merchant/refusals.ts";

/**
 * What the customer is shown of an invoice:
 * - `waiting`: no wallet has asked for the payment request;
 * - `asked`: one has;
 * - `checking`: a valid payment is stored and being broadcast;
 * - `accepted`: a miner has it;
 * - `proved`: a Merkle proof is stored;
 * - `expired`, `closed`: not paid, and it cannot be paid any more.
 */
export type CheckoutStage = "waiting" | "asked" | "checking" | "accepted" | "proved" | "expired" | "closed";

/** One invoice as its checkout page shows it: JSON, in which what peers wrote has no unseen characters. Times in ms since 1970. */
export interface CheckoutState {
  readonly id: string;
  readonly merchant: string;
  readonly satoshis: number;
  /** Where the shop priced it in a currency. */
  readonly price: { readonly amount: string; readonly currency: string } | null;
  readonly memo: string | null;
  readonly stage: CheckoutStage;
  readonly expiresAtMs: number;
  /** The server's clock: the countdown does not depend on the customer's. */
  readonly nowMs: number;
  readonly paymentUrl: string;
  readonly uri: string;
  /** Whether the merchant is in its channel, so that a wallet would be answered. */
  readonly attended: boolean;
  /** Why the last payment was refused; null once one was accepted. */
  readonly refusal: { readonly reason: string; readonly atMs: number } | null;
  readonly payment: { readonly txid: string; readonly receivedAtMs: number } | null;
  readonly block: { readonly height: number | null; readonly hash: string | null; readonly atMs: number } | null;
  /** What speaks against an accepted payment; null when nothing does. */
  readonly doubt: "doubleSpend" | "rejected" | "revoked" | null;
}

export interface CheckoutContext {
  readonly merchant: string;
  readonly paymentUrl: string;
  readonly uri: string;
  readonly nowMs: number;
  readonly refusal: Refusal | null;
}

export function checkoutState(invoice: Invoice, context: CheckoutContext): CheckoutState {
  const { refusal, merchant, paymentUrl, uri, nowMs } = context;
  const stage = stageOf(invoice, nowMs);
  const isPaid = stage === "accepted" || stage === "proved";
  const standing = invoice.proofs.filter(({ revokedAtMs }) => revokedAtMs === undefined);
  const proof = standing.findLast(({ headerConfirmed }) => headerConfirmed) ?? standing.at(-1);
  return {
    id: invoice.id,
    merchant: visibleText(merchant),
    satoshis: invoice.satoshis,
    price: invoice.price && { amount: invoice.price.amount, currency: invoice.price.currency },
    memo: invoice.memo === null ? null : visibleText(invoice.memo, "\n"),
    stage,
    expiresAtMs: invoice.expiresAtMs,
    nowMs,
    paymentUrl,
    uri,
    attended: invoice.channel === "joined",
    refusal: refusal === null || isPaid ? null : { reason: visibleText(refusal.memo), atMs: refusal.atMs },
    payment: invoice.payment,
    block:
      stage === "proved" && proof !== undefined
        ? { height: proof.blockHeight, hash: proof.blockHash, atMs: proof.receivedAtMs }
        : null,
    doubt: stage === "proved" ? null : doubtOf(invoice),
  };
}

function doubtOf({ doubleSpends, rejections, proofs }: Invoice): CheckoutState["doubt"] {
  if (doubleSpends.length > 0) return "doubleSpend";
  if (rejections.length > 0) return "rejected";
  return proofs.some(({ revokedAtMs }) => revokedAtMs !== undefined) ? "revoked" : null;
}

function stageOf(invoice: Invoice, nowMs: number): CheckoutStage {
  const { state, channel, fees } = invoice;
  switch (state) {
    case "cancelled":
      return "closed";
    case "pending":
      if (isOverdue(invoice, nowMs) || channel === "expired") return "expired";
      if (channel === "closed" || channel === "ended") return "closed";
      // The fees are promised with the first payment request.
      return fees === null ? "waiting" : "asked";
    case "paymentReceived":
      return "checking";
    case "broadcast":
    case "paid":
      return "accepted";
    case "proved":
      return "proved";
  }
}
