import { isStoreError } from "@p4/event-store";
import { isSpvError, SPV_ERRORS } from "@p4/spv";
import { isProofError, ProofError, proofErrors } from "./errors.ts";

export interface Problem {
  readonly status: number;
  /** SPV_…, PROOF_… or INTERNAL: a closed set, fit for metrics. */
  readonly code: string;
  readonly title: string;
  /** Names the field and the rule. */
  readonly detail: string;
}

/** What the sender is told of an error; null for an internal error. */
export function problemOf(error: unknown): Problem | null {
  if (isSpvError(error)) {
    const { httpStatus: status } = SPV_ERRORS[error.code];
    return { status, code: error.code, title: status === 503 ? "Try again" : "Proof refused", detail: error.message };
  }
  if (isProofError(error)) {
    const { httpStatus: status, title } = proofErrors[error.code];
    return { status, code: error.code, title, detail: error.message };
  }
  if (isStoreError(error, "STORE_TOO_LARGE")) return problemOf(new ProofError("PROOF_TOO_LARGE"));
  if (isStoreError(error) && error.retryable) return problemOf(new ProofError("PROOF_NOT_STORED", error.code));
  return null;
}

export const internalProblem: Problem = {
  status: 500,
  code: "INTERNAL",
  title: "Unknown error",
  detail: "see the server's log",
};

export function problemResponse({ status, code, title, detail }: Problem) {
  return {
    status,
    headers: {
      "content-type": "application/problem+json",
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(status === 503 ? { "retry-after": "5" } : {}),
    },
    body: JSON.stringify({ status, code, title, detail }),
  };
}
