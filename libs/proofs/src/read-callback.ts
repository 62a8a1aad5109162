import type { RecordedDoubleSpend, RecordedProof } from "@p4/channel";
import {
  blockClaimOf,
  parseArcCallbacks,
  parseStrictJsonObject,
  SpvError,
  verifyProofCallback,
  type ArcCallback,
  type BlockClaim,
  type HeaderVerdict,
  type SignaturePolicy,
  type SpvCrypto,
} from "@p4/spv";
import { arcDoubleSpendBody, arcProofBody } from "./arc-body.ts";
import type { CallbackFact } from "./callback-fact.ts";

/** A fact whose block, if it names one, is still to be looked up. */
export interface UnjudgedFact {
  readonly claim: BlockClaim | null;
  readonly judged: (verdict: HeaderVerdict) => CallbackFact;
}

export interface ReadCallbackOptions {
  /** The transaction that the URL names; null when the callback's own word is enough. */
  readonly expectedTxid: string | null;
  readonly policy: SignaturePolicy;
  readonly crypto: SpvCrypto;
}

/**
 * Reads a callback's body: a mAPI envelope, or one or more ARC callbacks.
 *
 * @throws SpvError naming the field and the rule.
 */
export function readCallback(bodyText: string, options: ReadCallbackOptions): readonly UnjudgedFact[] {
  const body = parseStrictJsonObject(bodyText, "body");
  if ("txStatus" in body || "callbacks" in body) {
    const { callbacks: batch } = body;
    return parseArcCallbacks(bodyText, options.crypto).map((callback, index) => {
      // Each fact keeps its own part of a batch: the whole would be stored as often as it has parts.
      const raw = Array.isArray(batch) ? JSON.stringify(batch[index]) : bodyText;
      return arcFact(callback, raw, options);
    });
  }
  return [mapiFact(bodyText, options)];
}

function mapiFact(bodyText: string, { expectedTxid, policy, crypto }: ReadCallbackOptions): UnjudgedFact {
  if (expectedTxid === null) throw new SpvError("SPV_TXID_INVALID", "txid: the URL of a mAPI callback names it");
  const verified = verifyProofCallback(bodyText, { expectedTxid, policy, crypto });
  const common = { txid: verified.txid, raw: bodyText, bodyText: bodyText.trim() };
  if (verified.kind === "double-spend") {
    const { reason, doubleSpendTxid } = verified.callback;
    return settledFact({
      kind: "double-spend",
      doubleSpend: { ...common, reason, competingTxids: [doubleSpendTxid] },
    });
  }
  return proofFact(verified.claim, { ...common, source: "mapi" });
}

function arcFact(callback: ArcCallback, raw: string, { expectedTxid, crypto }: ReadCallbackOptions): UnjudgedFact {
  const { txid } = callback;
  if (expectedTxid !== null && txid !== expectedTxid) {
    throw new SpvError("SPV_TXID_MISMATCH", `txid: ${txid} is not the requested transaction`);
  }
  switch (callback.kind) {
    case "mined":
      return proofFact(blockClaimOf(callback.proven, callback), {
        txid,
        source: "arc",
        raw,
        bodyText: arcProofBody(callback, crypto),
      });
    case "double-spend":
    case "rejected": {
      const reason = callback.kind === "rejected" ? "doubleSpend" : "doubleSpendAttempt";
      // Rejected for another reason is news of the transaction, not of a rival.
      if (callback.kind === "rejected" && callback.competingTxids.length === 0) return statusFact(callback);
      const doubleSpend: RecordedDoubleSpend = {
        txid,
        reason,
        competingTxids: callback.competingTxids,
        raw,
        bodyText: arcDoubleSpendBody(callback, reason),
      };
      return settledFact({ kind: "double-spend", doubleSpend });
    }
    case "stale":
    case "status":
      return statusFact(callback);
  }
}

function statusFact({ txid, status, blockHash }: ArcCallback): UnjudgedFact {
  return settledFact({ kind: "status", txid, status, blockHash: blockHash ?? null });
}

function settledFact(fact: CallbackFact): UnjudgedFact {
  return { claim: null, judged: () => fact };
}

type UnjudgedProof = Pick<RecordedProof, "txid" | "source" | "raw" | "bodyText">;

function proofFact(claim: BlockClaim, proof: UnjudgedProof): UnjudgedFact {
  return {
    claim,
    judged: (verdict) => ({
      kind: "proof",
      proof: {
        txid: proof.txid,
        status: verdict.kind === "verified" ? "verified" : "received",
        blockHash: (verdict.kind === "verified" ? verdict.blockHash : undefined) ?? claim.blockHash ?? null,
        blockHeight: (verdict.kind === "verified" ? verdict.blockHeight : undefined) ?? claim.blockHeight ?? null,
        merkleRoot: claim.merkleRoot,
        source: proof.source,
        raw: proof.raw,
        bodyText: proof.bodyText,
      },
    }),
  };
}
