import type { RecordedDoubleSpend, RecordedRejection } from "@p4/channel";
import {
  bumpToTsc,
  encodeBumpHex,
  tscProofToJson,
  tscToBump,
  type ArcCallback,
  type ArcMerklePath,
  type SpvCrypto,
} from "@p4/spv";

/** Characters of a miner's words that are kept and passed on. */
const maxDetailLength = 1_000;

/**
 * Wallets know `proof.create` as mAPI's envelope around a TSC proof. ARC sends a BUMP and signs nothing: the branch in the
 * form they know, unsigned, and as a BUMP for those that prefer it. Both are in one form, however the path was spelled.
 */
export function arcProofBody(callback: ArcCallback, { bump, proven }: ArcMerklePath, crypto: SpvCrypto): string {
  const target =
    proven.blockHash === undefined
      ? ({ type: "merkleRoot", merkleRoot: proven.merkleRoot } as const)
      : ({ type: "hash", blockHash: proven.blockHash } as const);
  const branch = bumpToTsc(bump, callback.txid, target, crypto);
  return envelope({
    callbackPayload: {
      ...tscProofToJson(branch),
      bump: encodeBumpHex(tscToBump(branch, bump.blockHeight, crypto)),
    },
    ...callbackHead(callback),
    callbackReason: "merkleProof",
  });
}

export function arcDoubleSpendBody(callback: ArcCallback, reason: RecordedDoubleSpend["reason"]): string {
  const { competingTxids } = callback;
  return envelope({
    callbackPayload: { doubleSpendTxId: competingTxids[0] ?? "", payload: "", competingTxs: competingTxids },
    ...callbackHead(callback),
    callbackReason: reason,
  });
}

/** The body of `transaction.rejected`. */
export function arcRejectionBody(
  callback: ArcCallback,
  { status, code, detail, competingTxids }: Omit<RecordedRejection, "raw" | "bodyText">,
): string {
  return envelope({
    callbackPayload: { status, code, detail, competingTxs: competingTxids },
    ...callbackHead(callback),
    callbackReason: "rejected",
  });
}

/** The body of `proof.revoked`. */
export function arcRevocationBody(callback: ArcCallback, blockHashes: readonly string[]): string {
  return envelope({
    callbackPayload: { status: callback.status, blockHashes, detail: boundedDetail(callback) },
    ...callbackHead(callback),
    callbackReason: "proofRevoked",
  });
}

export function boundedDetail({ extraInfo = "" }: ArcCallback): string {
  return extraInfo.slice(0, maxDetailLength);
}

function callbackHead(callback: ArcCallback): Record<string, unknown> {
  return {
    apiVersion: "arc",
    timestamp: callback.timestamp ?? "",
    minerId: "",
    blockHash: callback.blockHash ?? "",
    blockHeight: callback.path?.bump.blockHeight ?? callback.blockHeight ?? -1,
    callbackTxId: callback.txid,
  };
}

function envelope(payload: Record<string, unknown>): string {
  return JSON.stringify({
    payload: JSON.stringify(payload),
    signature: null,
    publicKey: null,
    encoding: "UTF-8",
    mimetype: "application/json",
  });
}
