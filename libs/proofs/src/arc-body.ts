import type { RecordedDoubleSpend } from "@p4/channel";
import { bumpToTsc, encodeBumpHex, tscProofToJson, type ArcCallback, type SpvCrypto } from "@p4/spv";

type Mined = Extract<ArcCallback, { kind: "mined" }>;

/**
 * Wallets know `proof.create` as mAPI's envelope around a TSC proof. ARC sends a BUMP and signs nothing: the same
 * branch in the form they know, unsigned, and the BUMP beside it for those who prefer it.
 */
export function arcProofBody(callback: Mined, crypto: SpvCrypto): string {
  const { txid, bump, proven } = callback;
  const target =
    proven.blockHash === undefined
      ? ({ type: "merkleRoot", merkleRoot: proven.merkleRoot } as const)
      : ({ type: "hash", blockHash: proven.blockHash } as const);
  const proof = tscProofToJson(bumpToTsc(bump, txid, target, crypto));
  return envelope({
    callbackPayload: { ...proof, bump: encodeBumpHex(bump) },
    ...callbackHead(callback),
    callbackReason: "merkleProof",
  });
}

export function arcDoubleSpendBody(callback: ArcCallback, reason: RecordedDoubleSpend["reason"]): string {
  const competing = "competingTxids" in callback ? callback.competingTxids : [];
  return envelope({
    callbackPayload: { doubleSpendTxId: competing[0] ?? "", payload: "", competingTxs: competing },
    ...callbackHead(callback),
    callbackReason: reason,
  });
}

function callbackHead(callback: ArcCallback): Record<string, unknown> {
  return {
    apiVersion: "arc",
    timestamp: callback.timestamp ?? "",
    minerId: "",
    blockHash: callback.blockHash ?? "",
    blockHeight: callback.blockHeight ?? -1,
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
