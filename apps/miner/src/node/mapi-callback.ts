import { tscProofOf } from "../chain/merkle-proof.ts";
import type { Callback } from "./callback-sender.ts";
import type { EnvelopeSigner } from "./envelope-signer.ts";
import type { Notice } from "./notice.ts";
import type { MapiSubscription } from "./subscription.ts";

export const MAPI_VERSION = "1.5.0";

const NO_HEIGHT = -1;

/** The signed callback of mAPI 1.5 for a notice, or null when this subscriber did not ask for it. */
export function mapiCallbackOf(
  notice: Notice,
  subscription: MapiSubscription,
  signer: EnvelopeSigner,
  now: Date,
): Callback | null {
  const content = contentOf(notice, subscription);
  if (content === null) return null;
  const payload = {
    callbackPayload: content.callbackPayload,
    apiVersion: MAPI_VERSION,
    timestamp: now.toISOString(),
    minerId: signer.minerId,
    blockHash: content.blockHash,
    blockHeight: content.blockHeight,
    callbackTxId: notice.txid,
    callbackReason: content.reason,
  };
  return {
    url: subscription.url.replaceAll("{callbackReason}", content.reason),
    authorization: subscription.token,
    contentType: "application/json",
    body: () => signer.seal(payload),
  };
}

interface CallbackContent {
  readonly reason: "merkleProof" | "doubleSpend" | "doubleSpendAttempt";
  readonly callbackPayload: object;
  readonly blockHash: string;
  readonly blockHeight: number;
}

function contentOf(notice: Notice, { merkleProof, dsCheck }: MapiSubscription): CallbackContent | null {
  switch (notice.kind) {
    case "mined": {
      if (!merkleProof) return null;
      const { hash, height } = notice.position.block;
      return {
        reason: "merkleProof",
        callbackPayload: tscProofOf(notice.position),
        blockHash: hash,
        blockHeight: height,
      };
    }
    // mAPI is silent about the mempool, and about a stale block: the proof in the new block follows.
    case "seen":
    case "unmined":
      return null;
    case "doubleSpend":
    case "doubleSpendAttempt": {
      if (!dsCheck) return null;
      const { txid, bytes } = notice.conflict;
      return {
        reason: notice.kind,
        callbackPayload: { doubleSpendTxId: txid, payload: Buffer.from(bytes).toString("hex") },
        blockHash: notice.kind === "doubleSpend" ? notice.block.hash : "",
        blockHeight: notice.kind === "doubleSpend" ? notice.block.height : NO_HEIGHT,
      };
    }
  }
}
