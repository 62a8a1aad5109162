import { isSameProof, isRevoked, type ProofDocument, type StoredProof } from "./proof-document.ts";

/** `superseded`: a later proof took its place, it was verified since, or its block left the chain. */
export type ProofState = "received" | "verified" | "superseded";

/** The state of each proof, in order. */
export function proofStates(document: ProofDocument): readonly ProofState[] {
  const standing = document.proofs.filter((proof) => !isRevoked(proof, document));
  return document.proofs.map((proof) => {
    const at = standing.indexOf(proof);
    const superseded = at === -1 || standing.slice(at + 1).some((later) => supersedes(later, proof));
    return superseded ? "superseded" : proof.status;
  });
}

/** The transaction's own state: that of its best proof. Null without proofs. */
export function transactionState(states: readonly ProofState[]): ProofState | null {
  return (
    states.find((state) => state === "verified") ?? states.find((state) => state === "received") ?? states[0] ?? null
  );
}

/** What is only received never takes the place of what is verified: a branch to an unknown block costs nothing to forge. */
function supersedes(later: StoredProof, earlier: StoredProof): boolean {
  if (isSameProof(later, earlier)) return later.status === "verified" && earlier.status === "received";
  return later.status === "verified" || earlier.status === "received";
}

/**
 * What `GET /proofs/:txid` answers: the proofs, oldest first, each with its state. Without the channels: a txid is public,
 * and a channel's id opens the channel.
 */
export function presentDocument(document: ProofDocument) {
  const states = proofStates(document);
  return {
    txid: document.txid,
    state: transactionState(states),
    proofs: document.proofs.map(
      ({ bodyText, recordedAtMs, revokedAtMs, status: _status, channelId: _channelId, ...proof }, index) => ({
        state: states[index],
        ...proof,
        recordedAt: new Date(recordedAtMs).toISOString(),
        ...(revokedAtMs === undefined ? {} : { revokedAt: new Date(revokedAtMs).toISOString() }),
        envelope: JSON.parse(bodyText) as unknown,
      }),
    ),
    notices: document.notices.map(({ recordedAtMs, channelId: _channelId, ...notice }) => ({
      ...notice,
      recordedAt: new Date(recordedAtMs).toISOString(),
    })),
  };
}
