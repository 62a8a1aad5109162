/** What the caller of the HTTP surface should be told: it can never become right, is too big, or is worth another try later. */
export type SpvErrorClass = "bad-input" | "too-large" | "retry-later";

interface SpvErrorEntry {
  readonly class: SpvErrorClass;
  readonly httpStatus: 400 | 413 | 503;
  readonly retryable: boolean;
}

const badInput: SpvErrorEntry = { class: "bad-input", httpStatus: 400, retryable: false };
const tooLarge: SpvErrorEntry = { class: "too-large", httpStatus: 413, retryable: false };
const retryLater: SpvErrorEntry = { class: "retry-later", httpStatus: 503, retryable: true };

/** Every way in which this library refuses. Codes are stable: they appear in answers, logs and metrics. */
export const SPV_ERRORS = {
  SPV_TOO_LARGE: tooLarge,
  SPV_JSON_INVALID: badInput,
  SPV_JSON_TOO_DEEP: badInput,
  SPV_JSON_DUPLICATE_MEMBER: badInput,
  SPV_HEX_INVALID: badInput,
  SPV_BINARY_INVALID: badInput,
  SPV_TXID_INVALID: badInput,
  SPV_TXID_MISMATCH: badInput,
  SPV_ENVELOPE_INVALID: badInput,
  SPV_ENVELOPE_UNSIGNED: badInput,
  SPV_SIGNATURE_MALFORMED: badInput,
  SPV_SIGNATURE_INVALID: badInput,
  SPV_PUBLIC_KEY_MALFORMED: badInput,
  SPV_PUBLIC_KEY_NOT_TRUSTED: badInput,
  SPV_MINER_ID_MISMATCH: badInput,
  SPV_MINER_ANSWER_INVALID: retryLater,
  SPV_CALLBACK_INVALID: badInput,
  SPV_CALLBACK_REASON_UNKNOWN: badInput,
  SPV_PROOF_INVALID: badInput,
  SPV_PROOF_UNSUPPORTED: badInput,
  SPV_PROOF_POSITION_INVALID: badInput,
  SPV_MERKLE_ROOT_MISMATCH: badInput,
  SPV_BLOCK_HASH_MISMATCH: badInput,
  SPV_HEADER_INVALID: badInput,
  SPV_HEADER_WORK_INSUFFICIENT: badInput,
  SPV_HEADER_UNKNOWN: retryLater,
  SPV_HEADER_SOURCE_UNAVAILABLE: retryLater,
  SPV_BUMP_INVALID: badInput,
  SPV_BUMP_TXID_ABSENT: badInput,
  SPV_ARC_CALLBACK_INVALID: badInput,
  SPV_TRANSACTION_INVALID: badInput,
  SPV_BEEF_INVALID: badInput,
  SPV_ANCESTRY_INVALID: badInput,
  SPV_ANCESTRY_MISSING: badInput,
  SPV_PAYMENT_INVALID: badInput,
  SPV_PAYMENT_OUTPUT_MISSING: badInput,
  SPV_PAYMENT_FEE_TOO_LOW: badInput,
  SPV_PAYMENT_INFLATES: badInput,
  SPV_PAYMENT_DOUBLE_INPUT: badInput,
  SPV_SCRIPT_INVALID: badInput,
} as const satisfies Record<string, SpvErrorEntry>;

export type SpvErrorCode = keyof typeof SPV_ERRORS;

/** The only error that this library throws on purpose. The message names the field and the rule. */
export class SpvError extends Error {
  readonly code: SpvErrorCode;

  constructor(code: SpvErrorCode, message: string) {
    super(message);
    this.name = "SpvError";
    this.code = code;
  }

  get httpStatus(): 400 | 413 | 503 {
    return SPV_ERRORS[this.code].httpStatus;
  }

  get retryable(): boolean {
    return SPV_ERRORS[this.code].retryable;
  }
}

/** Guards by code, so that it also holds for errors made by another copy of this package. */
export function isSpvError(error: unknown): error is SpvError {
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  return typeof code === "string" && Object.hasOwn(SPV_ERRORS, code);
}
