import { statusOf, type Invoice } from "../invoice/invoice.ts";
import type { Price } from "../price/price.ts";
import { paymentUri } from "../invoice/payment-uri.ts";

export interface InvoiceUrls {
  readonly paymentUrl: string;
  /** Of the page on which a customer pays it. */
  readonly checkoutUrl: string;
}

/** An invoice as the shop sees it: with its own words, which are not for customers. */
export function invoiceView(invoice: Invoice, urls: InvoiceUrls, nowMs: number): object {
  const refunds = invoice.refunds.map(({ atMs, ...refund }) => ({ ...refund, at: new Date(atMs).toISOString() }));
  return { ...publicInvoiceView(invoice, urls, nowMs), orderId: invoice.orderId, metadata: invoice.metadata, refunds };
}

/** An invoice as its customer may see it. `uri` is what its QR code holds. */
export function publicInvoiceView(invoice: Invoice, { paymentUrl, checkoutUrl }: InvoiceUrls, nowMs: number): object {
  return {
    id: invoice.id,
    satoshis: invoice.satoshis,
    price: priceView(invoice.price),
    memo: invoice.memo,
    state: invoice.state,
    status: statusOf(invoice, nowMs),
    expired: statusOf(invoice, nowMs) === "expired",
    channel: invoice.channel,
    createdAt: new Date(invoice.createdAtMs).toISOString(),
    expiresAt: new Date(invoice.expiresAtMs).toISOString(),
    ...(invoice.cancelledAtMs !== null && { cancelledAt: new Date(invoice.cancelledAtMs).toISOString() }),
    paymentUrl,
    checkoutUrl,
    uri: paymentUri(paymentUrl),
    outputs: [{ satoshis: invoice.satoshis, script: invoice.lockingScript }],
    payment: invoice.payment && {
      txid: invoice.payment.txid,
      satoshis: invoice.payment.satoshis ?? invoice.satoshis,
      receivedAt: new Date(invoice.payment.receivedAtMs).toISOString(),
    },
    proofs: invoice.proofs.map(({ blockHash, blockHeight, headerConfirmed, receivedAtMs, revokedAtMs }) => ({
      blockHash,
      blockHeight,
      headerConfirmed,
      receivedAt: new Date(receivedAtMs).toISOString(),
      ...(revokedAtMs !== undefined && { revokedAt: new Date(revokedAtMs).toISOString() }),
    })),
    doubleSpends: invoice.doubleSpends.map(({ reason, doubleSpendTxid, reportedAtMs }) => ({
      reason,
      txid: doubleSpendTxid,
      reportedAt: new Date(reportedAtMs).toISOString(),
    })),
    rejections: invoice.rejections.map(({ status, code, reportedAtMs }) => ({
      status,
      code,
      reportedAt: new Date(reportedAtMs).toISOString(),
    })),
  };
}

function priceView(price: Price | null): object | null {
  if (price === null) return null;
  const { rateAtMs, ...said } = price;
  return { ...said, rateAt: rateAtMs === null ? null : new Date(rateAtMs).toISOString() };
}
