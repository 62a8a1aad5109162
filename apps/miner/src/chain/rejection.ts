/**
 * Why the chain refuses a transaction or a block. `retryable`: the same bytes may be accepted later.
 * `reason` is the node software's word, as wallets find it in `resultDescription`.
 */
export const REJECTIONS = {
  TX_MALFORMED: { reason: "tx-decode-failed", retryable: false },
  TX_TOO_LARGE: { reason: "tx-size", retryable: false },
  TX_COINBASE: { reason: "coinbase", retryable: false },
  TX_BAD_OUTPUT_VALUE: { reason: "bad-txns-vout-toolarge", retryable: false },
  TX_DUPLICATE_INPUT: { reason: "bad-txns-inputs-duplicate", retryable: false },
  TX_NOT_FINAL: { reason: "non-final", retryable: true },
  TX_MISSING_INPUTS: { reason: "missing-inputs", retryable: true },
  TX_IMMATURE_COINBASE: { reason: "bad-txns-premature-spend-of-coinbase", retryable: true },
  TX_SPENDS_MORE_THAN_INPUTS: { reason: "bad-txns-in-belowout", retryable: false },
  TX_FEE_TOO_LOW: { reason: "mempool min fee not met", retryable: false },
  TX_SCRIPT_FAILED: { reason: "mandatory-script-verify-flag-failed", retryable: false },
  TX_DOUBLE_SPEND: { reason: "txn-mempool-conflict", retryable: false },
  BLOCK_UNKNOWN_PARENT: { reason: "prev-blk-not-found", retryable: true },
  BLOCK_BAD_PROOF_OF_WORK: { reason: "high-hash", retryable: false },
  BLOCK_BAD_MERKLE_ROOT: { reason: "bad-txnmrklroot", retryable: false },
  BLOCK_BAD_TIME: { reason: "time-too-old", retryable: false },
  BLOCK_BAD_COINBASE: { reason: "bad-cb", retryable: false },
} as const satisfies Record<string, { reason: string; retryable: boolean }>;

export type RejectionCode = keyof typeof REJECTIONS;

/** A refused transaction or block. `conflictingTxids` names what a double spend collides with. */
export class RejectionError extends Error {
  readonly code: RejectionCode;
  readonly conflictingTxids: readonly string[];

  constructor(code: RejectionCode, detail: string, conflictingTxids: readonly string[] = []) {
    super(`${REJECTIONS[code].reason}: ${detail}`);
    this.name = "RejectionError";
    this.code = code;
    this.conflictingTxids = conflictingTxids;
  }
}

export function isRejection(error: unknown): error is RejectionError {
  return error instanceof Error && "code" in error && (error.code as string) in REJECTIONS;
}
