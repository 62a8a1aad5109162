/** Every error of this wallet. `retryable`: the same call may succeed later without a change. */
export const paydErrors = {
  PAYD_INVALID_REQUEST: { retryable: false, httpStatus: 400, title: "invalid request" },
  PAYD_INVOICE_UNKNOWN: { retryable: false, httpStatus: 404, title: "no such invoice" },
  PAYD_INVOICE_OVER: { retryable: false, httpStatus: 409, title: "invoice is over" },
  PAYD_INVOICE_PAID: { retryable: false, httpStatus: 409, title: "invoice is paid" },
  PAYD_API_KEY_REQUIRED: { retryable: false, httpStatus: 401, title: "an API key is needed" },
  PAYD_API_KEY_REFUSED: { retryable: false, httpStatus: 401, title: "API key refused" },
  PAYD_API_KEY_SCOPE: { retryable: false, httpStatus: 403, title: "the API key is not for this" },
  PAYD_IDEMPOTENCY_KEY: { retryable: false, httpStatus: 422, title: "Idempotency-Key was used for something else" },
  PAYD_INVOICE_UNPAID: { retryable: false, httpStatus: 409, title: "invoice is not paid" },
  PAYD_PAYMENT_IN_DOUBT: { retryable: true, httpStatus: 409, title: "the payment is in doubt" },
  PAYD_REFUND_EXCEEDS: { retryable: false, httpStatus: 409, title: "more than was paid" },
  PAYD_REFUND_ADDRESS: { retryable: false, httpStatus: 422, title: "no address to refund to" },
  PAYD_COINS_MISSING: { retryable: false, httpStatus: 409, title: "not enough coins" },
  PAYD_PAYOUT_UNKNOWN: { retryable: false, httpStatus: 404, title: "no such payout" },
  PAYD_PAYOUT_REFUSED: { retryable: false, httpStatus: 502, title: "the miner refused the transaction" },
  PAYD_CURRENCY_UNKNOWN: { retryable: false, httpStatus: 422, title: "no rate of this currency" },
  PAYD_RATE_STALE: { retryable: true, httpStatus: 503, title: "the currency's rate is too old" },
  PAYD_RATE_UNAVAILABLE: { retryable: true, httpStatus: 503, title: "rates cannot be had at the moment" },
  PAYD_KEY_PASSPHRASE: { retryable: false, httpStatus: 500, title: "passphrase of the master key" },
  PAYD_WEBHOOK_UNKNOWN: { retryable: false, httpStatus: 404, title: "no such webhook or event" },
  PAYD_WEBHOOK_LIMIT: { retryable: false, httpStatus: 409, title: "too many webhooks" },
  PAYD_HEADERS_UNAVAILABLE: { retryable: true, httpStatus: 503, title: "block headers cannot be had at the moment" },
  PAYD_HOST_REFUSED: { retryable: false, httpStatus: 403, title: "not called by a name of this wallet" },
  PAYD_ORIGIN_REFUSED: { retryable: false, httpStatus: 403, title: "not for pages of other origins" },
  PAYD_CONTENT_TYPE: { retryable: false, httpStatus: 415, title: "not JSON" },
  PAYD_KEY_MISSING: { retryable: false, httpStatus: 500, title: "master key missing" },
  PAYD_KEY_MISMATCH: { retryable: false, httpStatus: 500, title: "master key of other invoices" },
  PAYD_KEY_FILE: { retryable: false, httpStatus: 500, title: "master key unusable" },
  PAYD_CHANNEL_UNREACHABLE: { retryable: true, httpStatus: 503, title: "channel could not be joined" },
  PAYD_PAYMENT_PENDING: { retryable: true, httpStatus: 500, title: "an earlier payment is not settled yet" },
  PAYD_FEE_TOO_HIGH: { retryable: true, httpStatus: 503, title: "the miner asks too high a fee" },
  PAYD_MINER_UNAVAILABLE: { retryable: true, httpStatus: 503, title: "the miner cannot be asked at the moment" },
} as const satisfies Record<string, { retryable: boolean; httpStatus: number; title: string }>;

export type PaydErrorCode = keyof typeof paydErrors;

export class PaydError extends Error {
  readonly code: PaydErrorCode;
  readonly retryable: boolean;

  constructor(code: PaydErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PaydError";
    this.code = code;
    this.retryable = paydErrors[code].retryable;
  }
}

/** By code, so that it also holds for another copy of this package. */
export function isPaydError(error: unknown, code?: PaydErrorCode): error is PaydError {
  if (!(error instanceof Error)) return false;
  const found = (error as { code?: unknown }).code;
  return typeof found === "string" && Object.hasOwn(paydErrors, found) && (code === undefined || found === code);
}
