import { parseBody } from "@p4/protocol";
import { clientErrors, SessionError } from "./errors.ts";
import type { ReceivedMessage } from "./received-message.ts";

/** What a merchant says of itself in `paymentrequest.error` and `payment.error`. */
export interface MerchantFailure {
  readonly code: string;
  readonly title: string;
  readonly message: string;
}

/** A merchant's handler throws it to choose what the customer is told. Anything else it throws stays private. */
export class MerchantFailureError extends Error {
  readonly failure: MerchantFailure;

  constructor(failure: MerchantFailure) {
    super(failure.message);
    this.name = "MerchantFailureError";
    this.failure = failure;
  }
}

export const internalFailure: MerchantFailure = {
  code: "INTERNAL",
  title: "internal error",
  message: "the merchant could not process this; try again later",
};

export function failureOf(error: unknown): MerchantFailure {
  return error instanceof MerchantFailureError ? error.failure : internalFailure;
}

/** The customer's side of it: the merchant's words in a typed error. */
export function merchantError(code: "TERMS_REFUSED" | "PAYMENT_FAILED", answer: ReceivedMessage): SessionError {
  const { meaning, retryable } = clientErrors[code];
  const parsed = parseBody(answer.key, answer.bodyText);
  const body = parsed.ok && parsed.body.form === "clientError" ? parsed.body.value : {};
  const words = [body.code, body.title, body.message].filter(
    (word) => word !== undefined && word !== null && word !== "",
  );
  return new SessionError(code, words.length === 0 ? meaning : `${meaning}: ${words.join(", ")}`, retryable);
}
