import { isPaydError, paydErrors } from "../errors.ts";

/** Body of `paymentrequest.error` and `payment.error`, in go-dpp's form. */
export interface ClientErrorBody {
  readonly id: string;
  readonly code: string;
  readonly title: string;
  readonly message: string;
}

/** What went wrong inside is for the log, not for the customer. */
export function clientErrorOf(invoiceId: string, error: unknown): ClientErrorBody {
  if (isPaydError(error)) {
    return { id: invoiceId, code: error.code, title: paydErrors[error.code].title, message: error.message };
  }
  return {
    id: invoiceId,
    code: "PAYD_TEMPORARY_FAILURE",
    title: "temporary failure",
    message: "the merchant's wallet could not do this at the moment; send it again later",
  };
}
