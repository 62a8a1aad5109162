import type { Fees } from "@p4/protocol";
import type { Price } from "../price/price.ts";
import type { InvoiceEvent } from "./invoice-event.ts";

/**
 * How far an invoice has come:
 * - `pending`: nothing usable has been paid;
 * - `paymentReceived`: a valid payment is stored, its broadcast is not yet known to have worked;
 * - `broadcast`: a miner has taken the transaction;
 * - `paid`: the customer has been told so;
 * - `proved`: a Merkle proof of the transaction is stored;
 * - `cancelled`: the merchant has taken it back before it was paid.
 */
export const invoiceStates = ["pending", "paymentReceived", "broadcast", "paid", "proved", "cancelled"] as const;
export type InvoiceState = (typeof invoiceStates)[number];

/** A customer's transaction that a miner refused for good: the same transaction gets the same answer. */
export interface RefusedTransaction {
  readonly txid: string;
  readonly memo: string;
}

/** The envelope itself is a document of its own, named by `proofKey`. */
export interface InvoiceProof {
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  /** Whether the header source knew the block. */
  readonly headerConfirmed: boolean;
  readonly receivedAtMs: number;
  readonly proofKey: string;
  /** Its block has left the chain: it proves nothing until it is submitted again. */
  readonly revokedAtMs?: number;
}

/** Whether its block may yet turn out to be known. What was revoked is over, until a miner brings it again. */
export function isOpen({ headerConfirmed, revokedAtMs }: InvoiceProof): boolean {
  return !headerConfirmed && revokedAtMs === undefined;
}

/** A miner will not mine the transaction that the customer was told is accepted: the money may never come. */
export interface RejectionReport {
  /** The miner's own word, such as `REJECTED`. */
  readonly status: string;
  /** The miner's number for the reason, such as ARC's 466. */
  readonly code: number | null;
  readonly reportedAtMs: number;
}

export interface DoubleSpendReport {
  readonly reason: "doubleSpend" | "doubleSpendAttempt";
  /** Null: the miner does not say which. */
  readonly doubleSpendTxid: string | null;
  readonly reportedAtMs: number;
}

/** An output that pays the invoice. */
export interface PaidOutput {
  readonly vout: number;
  readonly satoshis: number;
}

export interface InvoicePayment {
  readonly txid: string;
  readonly receivedAtMs: number;
  /** What its outputs pay, which may be more than was asked. Payments of earlier versions have neither: they paid what was asked. */
  readonly satoshis?: number;
  readonly outputs?: readonly PaidOutput[];
}

/** Sent back in a transaction of the wallet's own. */
export interface InvoiceRefund {
  /** Of the payout. */
  readonly id: string;
  readonly txid: string;
  readonly satoshis: number;
  readonly feeSatoshis: number;
  readonly atMs: number;
}

export type ChannelEnd = "expired" | "closed";

/** The merchant's own words for an invoice, never shown to customers: name and text. */
export type InvoiceMetadata = Readonly<Record<string, string>>;

/** One invoice, as stored. Never changed in place: see invoice-steps. */
export interface Invoice {
  readonly version: 1;
  /** Also the channel id: letters and digits, because PayD's customers accept nothing else in a payment URL. */
  readonly id: string;
  /** Last element of the BIP32 path of its key. */
  readonly keyIndex: number;
  readonly satoshis: number;
  /** What the merchant asked for, where it was in a currency: `satoshis` came of it once and for all. */
  readonly price: Price | null;
  readonly memo: string | null;
  /** The merchant's own number for what is paid; several invoices may have the same. */
  readonly orderId: string | null;
  readonly metadata: InvoiceMetadata;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** The one destination, as hex. */
  readonly lockingScript: string;
  readonly state: InvoiceState;
  /**
   * `joined`: to be joined again after a restart. `expired`: its time is over. `closed`: ended before that. `ended`: one of
   * these, as an earlier version noted it.
   */
  readonly channel: "none" | "joined" | "ended" | ChannelEnd;
  /** Promised with the first payment request; a later quote does not change it. */
  readonly fees: Fees | null;
  readonly payment: InvoicePayment | null;
  readonly refunds: readonly InvoiceRefund[];
  readonly refused: readonly RefusedTransaction[];
  readonly proofs: readonly InvoiceProof[];
  readonly doubleSpends: readonly DoubleSpendReport[];
  readonly rejections: readonly RejectionReport[];
  readonly cancelledAtMs: number | null;
  /** When its time was seen to be over without a payment. */
  readonly expiredAtMs: number | null;
  /** What the shop is told of it, the oldest first. */
  readonly events: readonly InvoiceEvent[];
}

export type NewInvoice = Pick<
  Invoice,
  "id" | "keyIndex" | "satoshis" | "memo" | "orderId" | "metadata" | "createdAtMs" | "expiresAtMs" | "lockingScript"
> & {
  readonly price?: Price | null;
};

export function createInvoice(given: NewInvoice): Invoice {
  return {
    version: 1,
    price: null,
    ...given,
    state: "pending",
    channel: "none",
    fees: null,
    payment: null,
    refunds: [],
    refused: [],
    proofs: [],
    doubleSpends: [],
    rejections: [],
    cancelledAtMs: null,
    expiredAtMs: null,
    events: [{ sequence: 1, type: "invoice.created", atMs: given.createdAtMs, state: "pending", txid: null }],
  };
}

/** What a shop asks about: the state, and for one that was not paid whether it still can be. */
export const invoiceStatuses = [...invoiceStates, "expired", "closed"] as const;
export type InvoiceStatus = (typeof invoiceStatuses)[number];

/** Whether its time is over. Once the shop was told so it stays so, also when the clock is set back. */
export function isOverdue({ expiresAtMs, expiredAtMs }: Invoice, nowMs: number): boolean {
  return nowMs >= expiresAtMs || expiredAtMs !== null;
}

export function statusOf(invoice: Invoice, nowMs: number): InvoiceStatus {
  const { state, channel } = invoice;
  if (state !== "pending") return state;
  // A channel that was closed says so for good, also once the invoice's time is over.
  if (channel === "closed" || channel === "ended") return "closed";
  return isOverdue(invoice, nowMs) || channel === "expired" ? "expired" : "pending";
}

/** Whether it can be paid, and the merchant was never in its channel. */
export function needsMerchant(invoice: Invoice, nowMs: number): boolean {
  return invoice.channel === "none" && invoice.state === "pending" && !isOverdue(invoice, nowMs);
}

/** Whether something may still happen on the invoice's channel that this wallet has to take part in. */
export function needsChannel(invoice: Invoice, nowMs: number): boolean {
  if (invoice.channel !== "joined") return false;
  // A customer of a cancelled invoice is told so.
  if (invoice.state === "pending" || invoice.state === "cancelled") return !isOverdue(invoice, nowMs);
  return true;
}
