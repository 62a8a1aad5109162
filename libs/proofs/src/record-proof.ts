import type { RecordedProof } from "@p4/channel";
import { judgeHeader, SpvError, type BlockClaim, type HeaderVerdict } from "@p4/spv";
import type { ProofFact } from "./callback-fact.ts";
import { proofId, waitingId } from "./fact-id.ts";
import { addProof, emptyDocument, isRepeatOfRevoked, isRevoked } from "./proof-document.ts";
import type { ProofRules } from "./proof-rules.ts";
import { metadataOf, originOf, submit, type RecordServices } from "./record-services.ts";

/** Resolves with what it was taken for. @throws SpvError (its block has another root, or cannot be looked up now), ProofError, StoreError. */
export async function recordProof(
  channelId: string,
  { claim, proof: unjudged }: ProofFact,
  services: RecordServices,
): Promise<RecordedProof["status"]> {
  const { store, rules } = services;
  const { txid } = unjudged;
  // All that is read is asked for at once, so that a proof waits for one answer instead of three.
  const submitOne = services.registry.begin(channelId);
  const seen = await store.look(txid, { expectNone: true });
  const document = seen.document ?? emptyDocument(txid);
  // Of a transaction that has left a block, what is remembered of the chain may be from before.
  const fresh = document.proofs.some((other) => isRevoked(other, document));
  const verdict = judgeHeader(claim, await rules.headers.lookup(claim, { fresh }), rules.headerPolicy);
  if (verdict.kind === "refused" || verdict.kind === "retry-later") throw new SpvError(verdict.code, verdict.reason);
  const proof = judged(unjudged, claim, verdict, rules);
  if (proof.status === "received" && isRepeatOfRevoked(document, { ...proof, channelId })) return proof.status;
  const metadata = metadataOf(txid, proofId(proof, rules.crypto), services);
  const channel = await submit(channelId, { type: "RecordProof", proof, metadata }, services, submitOne);
  const origin = originOf(txid, channelId, channel);
  if (proof.awaitsHeader === true && origin.isSubmitted) {
    const { streamVersion } = channel;
    const id = waitingId(channelId, proof, rules.crypto);
    await services.waiting.add(id, { channelId, txid, claim, sinceMs: metadata.nowMs, streamVersion });
  }
  const { raw: _raw, txid: _txid, awaitsHeader: _awaitsHeader, ...stored } = proof;
  const recorded = { ...stored, channelId, recordedAtMs: metadata.nowMs };
  await store.change(txid, origin, (current) => addProof(current, recorded), seen);
  return proof.status;
}

function judged(
  unjudged: ProofFact["proof"],
  claim: BlockClaim,
  verdict: HeaderVerdict,
  { awaitsHeaders }: ProofRules,
): RecordedProof {
  const known = verdict.kind === "verified" ? verdict : claim;
  const { txid, source, raw, bodyText } = unjudged;
  return {
    txid,
    status: verdict.kind === "verified" ? "verified" : "received",
    blockHash: known.blockHash ?? claim.blockHash ?? null,
    blockHeight: known.blockHeight ?? claim.blockHeight ?? null,
    merkleRoot: claim.merkleRoot,
    ...(verdict.kind !== "verified" && awaitsHeaders && { awaitsHeader: true }),
    source,
    raw,
    bodyText,
  };
}
