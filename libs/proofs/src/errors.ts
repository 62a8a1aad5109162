/** What a callback's sender is told, beside the SPV_ codes of the proof itself. */
export const proofErrors = {
  PROOF_CHANNEL_ID: { httpStatus: 400, retryable: false, title: "Which channel?", rule: "i: the channel's id" },
  PROOF_BODY_TEXT: { httpStatus: 400, retryable: false, title: "Not text", rule: "body: JSON in UTF-8" },
  PROOF_ENCRYPTED: {
    httpStatus: 415,
    retryable: false,
    title: "Encrypted callback",
    rule: "content-type: application/json; callbackEncryption is not supported",
  },
  PROOF_TOKEN: { httpStatus: 401, retryable: false, title: "Token needed", rule: "authorization: the callback token" },
  PROOF_CHANNEL_UNKNOWN: { httpStatus: 404, retryable: false, title: "Not found", rule: "i: a channel that exists" },
  PROOF_CHANNEL_FULL: {
    httpStatus: 409,
    retryable: false,
    title: "Channel full",
    rule: "a channel holds a limited number of proofs",
  },
  PROOF_TOO_LARGE: { httpStatus: 413, retryable: false, title: "Too large", rule: "body: fits the log's messages" },
  PROOF_UNSUBMITTED: {
    httpStatus: 503,
    retryable: true,
    title: "Try again",
    rule: "txid: a transaction that the channel has submitted; of others no proof over 64 kB is kept",
  },
  PROOF_UNKNOWN: { httpStatus: 404, retryable: false, title: "Not found", rule: "txid: a transaction with a proof" },
  PROOF_NOT_STORED: {
    httpStatus: 503,
    retryable: true,
    title: "Try again",
    rule: "the log cannot be reached just now",
  },
} as const;

export type ProofErrorCode = keyof typeof proofErrors;

export class ProofError extends Error {
  readonly code: ProofErrorCode;
  readonly retryable: boolean;

  constructor(code: ProofErrorCode, detail = "") {
    super(detail === "" ? proofErrors[code].rule : `${proofErrors[code].rule} (${detail})`);
    this.name = "ProofError";
    this.code = code;
    this.retryable = proofErrors[code].retryable;
  }
}

export function isProofError(error: unknown): error is ProofError {
  return error instanceof Error && Object.hasOwn(proofErrors, String((error as Partial<ProofError>).code));
}
