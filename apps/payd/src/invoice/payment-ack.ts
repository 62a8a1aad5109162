import { paymentRefusals, type PaymentRefusalCode } from "./payment-refusals.ts";

/** The verdict on a payment, for good. */
export type PaymentVerdict =
  | { readonly accepted: true; readonly txid: string }
  | {
      readonly accepted: false;
      readonly txid: string | null;
      readonly code: PaymentRefusalCode;
      readonly memo: string;
    };

export function refusePayment(txid: string | null, code: PaymentRefusalCode, detail?: string): PaymentVerdict {
  const { memo } = paymentRefusals[code];
  return { accepted: false, txid, code, memo: detail === undefined ? memo : `${memo}: ${detail}` };
}

/** PayD drops a connection that brings it a frame above 10,000 bytes: the ancestors are left out of a long answer. */
const comfortableLength = 8_000;

/**
 * Body of `payment.ack`: BIP270's (the payment comes back) with go-dpp's members. A PayD customer dereferences
 * `peer_channel` when there is no error, hence an empty one instead of null; older ones read `payment.spvEnvelope.txid`.
 */
export function buildPaymentAck(invoiceId: string, payment: object | null, verdict: PaymentVerdict): object {
  const echoed = { payment: payment === null ? null : shorten(payment) };
  if (!verdict.accepted) {
    const { error } = paymentRefusals[verdict.code];
    return { ...echoed, id: invoiceId, tx_id: verdict.txid ?? "", memo: verdict.memo, error };
  }
  return {
    ...echoed,
    id: invoiceId,
    tx_id: verdict.txid,
    memo: "payment received, thank you",
    peer_channel: { host: "", path: "", channel_id: "", token: "" },
  };
}

function shorten(payment: object): object {
  if (JSON.stringify(payment).length <= comfortableLength) return payment;
  const {
    ancestry: _ancestry,
    spvEnvelope,
    ...rest
  } = payment as { ancestry?: unknown; spvEnvelope?: { txid?: unknown } | null };
  return spvEnvelope ? { ...rest, spvEnvelope: { txid: spvEnvelope.txid } } : rest;
}
