import { membersOf } from "@p4/protocol";
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
  const body = objectOf(answer.bodyText);
  // Go without tags writes these names with capitals.
  const words = ["code", "title", "message"]
    .flatMap((name) => membersOf(body, name))
    .filter((word) => (typeof word === "string" && word !== "") || typeof word === "number");
  return new SessionError(code, words.length === 0 ? meaning : `${meaning}: ${words.join(", ")}`, retryable);
}

function objectOf(bodyText: string | null): Readonly<Record<string, unknown>> {
  // A frame's body is known to be JSON.
  const value: unknown = bodyText === null ? null : JSON.parse(bodyText);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
