import type { Fees } from "@p4/protocol";
import type {
  ChannelEnd,
  DoubleSpendReport,
  Invoice,
  InvoiceProof,
  InvoiceRefund,
  InvoiceState,
  PaidOutput,
  RejectionReport,
} from "./invoice.ts";

/** Enough for a real reorganisation or a stubborn customer; an invoice must not grow with what others send. */
const maxEntries = 32;

/**
 * The steps of an invoice, as pure functions. Each may be repeated: a step that was already made returns the very same
 * object, which tells the caller that there is nothing to write.
 */
export function recordFees(invoice: Invoice, fees: Fees): Invoice {
  return invoice.fees === null ? { ...invoice, fees } : invoice;
}

/** The end is final: a join that is noted late does not open the channel again. */
export function recordChannel(invoice: Invoice, channel: "joined" | ChannelEnd): Invoice {
  const isOpen = invoice.channel === "none" || invoice.channel === "joined";
  return isOpen && invoice.channel !== channel ? { ...invoice, channel } : invoice;
}

/**
 * A valid payment has come in. Keeps the first one: whether it can be broadcast is not known yet. One that came in time is taken although
 * checking it has lasted longer, unless the shop was told meanwhile that the invoice has expired.
 */
export function recordPayment(
  invoice: Invoice,
  txid: string,
  receivedAtMs: number,
  outputs: readonly PaidOutput[] = [{ vout: 0, satoshis: invoice.satoshis }],
): Invoice {
  if (invoice.state !== "pending" || invoice.expiredAtMs !== null) return invoice;
  const satoshis = outputs.reduce((sum, output) => sum + output.satoshis, 0);
  return { ...invoice, state: "paymentReceived", payment: { txid, receivedAtMs, satoshis, outputs } };
}

/** Taken back by the merchant. One that is paid, or being paid, stays as it is. */
export function recordCancelled(invoice: Invoice, cancelledAtMs: number): Invoice {
  return invoice.state === "pending" ? { ...invoice, state: "cancelled", cancelledAtMs } : invoice;
}

/** Its time is over, and nothing usable has been paid. */
export function recordExpired(invoice: Invoice, nowMs: number): Invoice {
  const isOver = invoice.state === "pending" && nowMs >= invoice.expiresAtMs && invoice.expiredAtMs === null;
  return isOver ? { ...invoice, expiredAtMs: nowMs } : invoice;
}

export function recordBroadcast(invoice: Invoice, txid: string): Invoice {
  return advance(invoice, txid, ["paymentReceived"], "broadcast");
}

/** The miner refuses for good: the invoice can be paid by another transaction. */
export function recordRefusedBroadcast(invoice: Invoice, txid: string, memo: string): Invoice {
  if (invoice.state !== "paymentReceived" || invoice.payment?.txid !== txid) return invoice;
  return {
    ...invoice,
    state: "pending",
    payment: null,
    refused: [...invoice.refused, { txid, memo }].slice(-maxEntries),
  };
}

/** The acknowledgement is out. */
export function recordPaid(invoice: Invoice, txid: string): Invoice {
  return advance(invoice, txid, ["broadcast"], "paid");
}

/**
 * A proof of the invoice's transaction. Several are legitimate: after a reorganisation the transaction is in another block.
 * A proof whose block is in doubt is kept, but settles nothing.
 */
export function recordProof(invoice: Invoice, txid: string, proof: InvoiceProof, settles: boolean): Invoice {
  if (invoice.payment?.txid !== txid) return invoice;
  const known = invoice.proofs.find(({ proofKey }) => proofKey === proof.proofKey);
  const isNews =
    known === undefined || known.revokedAtMs !== undefined || (proof.headerConfirmed && !known.headerConfirmed);
  const others = invoice.proofs.filter((other) => other !== known);
  const proofs = isNews
    ? [...others, { ...proof, receivedAtMs: known?.receivedAtMs ?? proof.receivedAtMs }]
    : invoice.proofs;
  const state = settles ? "proved" : invoice.state;
  if (!isNews && state === invoice.state) return invoice;
  return { ...invoice, state, proofs: proofs.slice(-maxEntries) };
}

/**
 * These proofs' blocks have left the chain. The invoice is paid, and waits for another proof, unless one of the others
 * settles it.
 */
export function recordRevocation(
  invoice: Invoice,
  proofKeys: ReadonlySet<string>,
  revokedAtMs: number,
  settles: (proof: InvoiceProof) => boolean,
): Invoice {
  const isUndone = (proof: InvoiceProof) => proof.revokedAtMs === undefined && proofKeys.has(proof.proofKey);
  if (!invoice.proofs.some(isUndone)) return invoice;
  const proofs = invoice.proofs.map((proof) => (isUndone(proof) ? { ...proof, revokedAtMs } : proof));
  const isProved = proofs.some((proof) => proof.revokedAtMs === undefined && settles(proof));
  return { ...invoice, state: invoice.state === "proved" && !isProved ? "paid" : invoice.state, proofs };
}

/** Money has gone back: a miner has the transaction. */
export function recordRefund(invoice: Invoice, refund: InvoiceRefund): Invoice {
  if (invoice.refunds.some(({ id }) => id === refund.id)) return invoice;
  return { ...invoice, refunds: [...invoice.refunds, refund] };
}

/** A miner's word that it will not mine the transaction: the state stays, as another miner may. */
export function recordRejection(invoice: Invoice, txid: string, report: RejectionReport): Invoice {
  if (invoice.payment?.txid !== txid) return invoice;
  const known = invoice.rejections.some(({ status, code }) => status === report.status && code === report.code);
  if (known || invoice.rejections.length >= maxEntries) return invoice;
  return { ...invoice, rejections: [...invoice.rejections, report] };
}

/** A warning for the merchant; the miners' verdict comes as a proof, or never comes. */
export function recordDoubleSpend(invoice: Invoice, txid: string, report: DoubleSpendReport): Invoice {
  if (invoice.payment?.txid !== txid) return invoice;
  const known = invoice.doubleSpends.some(
    ({ reason, doubleSpendTxid }) => reason === report.reason && doubleSpendTxid === report.doubleSpendTxid,
  );
  if (known || invoice.doubleSpends.length >= maxEntries) return invoice;
  return { ...invoice, doubleSpends: [...invoice.doubleSpends, report] };
}

function advance(invoice: Invoice, txid: string, from: readonly InvoiceState[], to: InvoiceState): Invoice {
  if (invoice.payment?.txid !== txid || !from.includes(invoice.state)) return invoice;
  return { ...invoice, state: to };
}
