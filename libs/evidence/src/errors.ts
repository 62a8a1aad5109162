/** Why evidence or an anchor cannot be made or read. Verification never throws: it reports. */
export const evidenceErrors = {
  EVIDENCE_INPUT_INVALID: { retryable: false, title: "the input breaks a rule of the format" },
  EVIDENCE_LOG_MISMATCH: { retryable: false, title: "the log is not a whole log of this channel" },
  EVIDENCE_KEY_INVALID: { retryable: false, title: "the private key is not a secp256k1 key" },
  EVIDENCE_DAMAGED: { retryable: false, title: "the file is damaged" },
  EVIDENCE_TOO_NEW: { retryable: false, title: "the file was written by a newer version" },
  ANCHOR_DAMAGED: { retryable: false, title: "the anchor file is damaged" },
  ANCHOR_TOO_NEW: { retryable: false, title: "the anchor file was written by a newer version" },
} as const;

export type EvidenceErrorCode = keyof typeof evidenceErrors;

export class EvidenceError extends Error {
  readonly code: EvidenceErrorCode;
  readonly retryable = false;

  /** `detail` names the field or the place, and the rule. */
  constructor(code: EvidenceErrorCode, detail: string) {
    super(`${evidenceErrors[code].title} (${detail})`);
    this.name = "EvidenceError";
    this.code = code;
  }
}

/** Guards by code, so that it also holds for errors made by another copy of this package. */
export function isEvidenceError(error: unknown): error is EvidenceError {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return typeof code === "string" && Object.hasOwn(evidenceErrors, code);
}
