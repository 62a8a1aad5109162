/**
 * Why a payment is refused for good. `error` is the number in `payment.ack`: BIP270 says only that it is positive, so
 * each reason has its own, never reused. What may be right later is not here: that is a `payment.error`.
 */
export const paymentRefusals = {
  PAYMENT_INVALID: { error: 1, memo: "the payment is not valid" },
  INVOICE_EXPIRED: { error: 2, memo: "the invoice has expired" },
  INVOICE_PAID: { error: 3, memo: "the invoice was already paid by another transaction" },
  MINER_REFUSED: { error: 4, memo: "the miner refused the transaction" },
  OTHER_INVOICE: { error: 5, memo: "the payment names another invoice" },
  INVOICE_CANCELLED: { error: 6, memo: "the merchant has cancelled the invoice" },
} as const;

export type PaymentRefusalCode = keyof typeof paymentRefusals;
