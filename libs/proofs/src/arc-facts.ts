import type { RecordedDoubleSpend, RecordedRejection } from "@p4/channel";
import { blockClaimOf, type ArcCallback, type BlockClaim, type SpvCrypto } from "@p4/spv";
import { arcDoubleSpendBody, arcProofBody, arcRejectionBody, boundedDetail } from "./arc-body.ts";
import type { CallbackFact, ProofFact, RevocationFact, Said } from "./callback-fact.ts";

/** Everything that one callback of ARC says, in the order in which it is to be recorded. `raw`: its JSON text. */
export function arcFacts(callback: ArcCallback, raw: string, crypto: SpvCrypto): readonly CallbackFact[] {
  const proof = arcProof(callback, raw, crypto);
  const proofs = proof === null ? [] : [proof];
  switch (callback.kind) {
    case "mined":
      // The new proof first: should its block be refused, the old one stays.
      return [...proofs, ...movedFrom(callback, raw, proof?.claim ?? null)];
    case "stale":
      return [{ kind: "revocation", callback, raw, movedTo: null, proof, said: saidBy(callback) }];
    case "double-spend":
      return [doubleSpend(callback, raw, "doubleSpendAttempt"), ...proofs];
    case "rejected":
      return [
        // Rejected for another reason is news of the transaction, not of a rival.
        ...(callback.competingTxids.length === 0 ? [] : [doubleSpend(callback, raw, "doubleSpend")]),
        { kind: "rejection", rejection: rejectionOf(callback, raw), said: saidBy(callback) },
        ...proofs,
      ];
    case "status":
      return [...movedFrom(callback, raw, null), { kind: "status", txid: callback.txid, said: saidBy(callback) }];
  }
}

/** Arcade tells of a reorganisation on the callback of the new block. */
function movedFrom(callback: ArcCallback, raw: string, claim: BlockClaim | null): RevocationFact[] {
  const { extraInfo, staleBlocks, blockHash } = callback;
  if (extraInfo !== "reorg_reanchor" && staleBlocks.length === 0) return [];
  const movedTo = claim ?? (blockHash === undefined ? null : { blockHash });
  return [{ kind: "revocation", callback, raw, movedTo, proof: null, said: saidBy(callback) }];
}

function arcProof(callback: ArcCallback, raw: string, crypto: SpvCrypto): ProofFact | null {
  const { txid, path } = callback;
  if (path === null) return null;
  const bodyText = arcProofBody(callback, path, crypto);
  return { kind: "proof", claim: blockClaimOf(path.proven, callback), proof: { txid, source: "arc", raw, bodyText } };
}

function doubleSpend(callback: ArcCallback, raw: string, reason: RecordedDoubleSpend["reason"]): CallbackFact {
  const { txid } = callback;
  const competingTxids = eachOnce(callback.competingTxids);
  const bodyText = arcDoubleSpendBody(callback, reason);
  return {
    kind: "double-spend",
    doubleSpend: { txid, reason, competingTxids, raw, bodyText },
    said: { ...saidBy(callback), status: reason },
  };
}

function rejectionOf(callback: ArcCallback, raw: string): RecordedRejection {
  const { txid, status, code, spentBy } = callback;
  const competingTxids = eachOnce([...callback.competingTxids, ...(spentBy === null ? [] : [spentBy])]);
  const rejection = { txid, status, code, detail: boundedDetail(callback), competingTxids };
  return { ...rejection, raw, bodyText: arcRejectionBody(callback, rejection) };
}

/** ARC lists them in whichever order, another one each time: the same transactions are the same news. */
function eachOnce(txids: readonly string[]): readonly string[] {
  return [...new Set(txids)].toSorted();
}

function saidBy(callback: ArcCallback): Said {
  const { status, blockHash = null, blockHeight = null, code, timestamp = null } = callback;
  return { status, blockHash, blockHeight, code, detail: boundedDetail(callback), timestamp };
}
