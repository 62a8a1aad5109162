import type { RecordedDoubleSpend, RecordedRejection, RecordedRevocation } from "@p4/channel";
import { parseArcCallbacks, VERIFY_IF_SIGNED, verifyProofCallback, type ArcCallback, type SpvCrypto } from "@p4/spv";

/** What a recorded notice of a double spend shows by itself. */
export interface ReadDoubleSpend extends Pick<RecordedDoubleSpend, "reason" | "competingTxids"> {
  /** The key that signed the envelope; null: unsigned. */
  readonly signer: string | null;
}

/** Verifies a notice again. Throws SpvError; null: the callback is no notice of this transaction. */
export function readDoubleSpend({ raw, txid }: RecordedDoubleSpend, crypto: SpvCrypto): ReadDoubleSpend | null {
  if (isArc(raw)) {
    const [callback] = callbacksOf({ raw, txid }, crypto).filter(
      ({ kind }) => kind === "double-spend" || kind === "rejected",
    );
    if (callback === undefined) return null;
    const { kind, competingTxids } = callback;
    return { reason: kind === "rejected" ? "doubleSpend" : "doubleSpendAttempt", competingTxids, signer: null };
  }
  const verified = verifyProofCallback(raw, { expectedTxid: txid, policy: VERIFY_IF_SIGNED, crypto });
  if (verified.kind !== "double-spend") return null;
  const { reason, doubleSpendTxid } = verified.callback;
  return { reason, competingTxids: doubleSpendTxid === null ? [] : [doubleSpendTxid], signer: verified.signer };
}

/** Whether the callback rejects the transaction, in these words. Throws SpvError. */
export function saysRejected(rejection: RecordedRejection, crypto: SpvCrypto): boolean {
  return callbacksOf(rejection, crypto).some(
    ({ kind, status, code }) => kind === "rejected" && status === rejection.status && code === rejection.code,
  );
}

/** Whether the callback says that the transaction has left a block, in this word. Throws SpvError. */
export function saysRevoked(revocation: RecordedRevocation, crypto: SpvCrypto): boolean {
  return callbacksOf(revocation, crypto).some(
    ({ kind, status, extraInfo, staleBlocks }) =>
      status === revocation.status && (kind === "stale" || extraInfo === "reorg_reanchor" || staleBlocks.length > 0),
  );
}

function callbacksOf({ raw, txid }: { readonly raw: string; readonly txid: string }, crypto: SpvCrypto): ArcCallback[] {
  return parseArcCallbacks(raw, crypto).filter((callback) => callback.txid === txid);
}

function isArc(bodyText: string): boolean {
  const body: unknown = JSON.parse(bodyText);
  return typeof body === "object" && body !== null && ("txStatus" in body || "callbacks" in body);
}
