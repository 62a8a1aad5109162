import type { RecordedProof } from "@p4/channel";

/** What is known of one transaction's proofs: kept after its channel has ended. Nothing in it is overwritten. */
export interface ProofDocument {
  readonly txid: string;
  readonly proofs: readonly StoredProof[];
  /** Other news of the transaction, such as ARC's statuses; the newest last. */
  readonly notices: readonly ProofNotice[];
}

export interface StoredProof extends Pick<
  RecordedProof,
  "status" | "blockHash" | "blockHeight" | "merkleRoot" | "source" | "bodyText"
> {
  readonly channelId: string;
  readonly recordedAtMs: number;
}

export interface ProofNotice {
  readonly status: string;
  readonly blockHash: string | null;
  readonly channelId: string;
  readonly recordedAtMs: number;
}

/** `superseded`: a later proof names another block, the same proof was verified since, or its block went stale. */
export type ProofState = "received" | "verified" | "superseded";

const maxProofs = 64;
const maxNotices = 64;

export function emptyDocument(txid: string): ProofDocument {
  return { txid, proofs: [], notices: [] };
}

/** The same document when the proof is in it already. */
export function addProof(document: ProofDocument, proof: StoredProof): ProofDocument {
  const known = document.proofs.some(
    (other) =>
      other.merkleRoot === proof.merkleRoot &&
      other.blockHash === proof.blockHash &&
      other.channelId === proof.channelId &&
      (other.status === proof.status || other.status === "verified"),
  );
  if (known || document.proofs.length >= maxProofs) return document;
  return { ...document, proofs: [...document.proofs, proof] };
}

export function addNotice(document: ProofDocument, notice: ProofNotice): ProofDocument {
  const last = document.notices.at(-1);
  if (last?.status === notice.status && last.blockHash === notice.blockHash) return document;
  return { ...document, notices: [...document.notices, notice].slice(-maxNotices) };
}

/** The state of each proof, in order; the document's own state is that of the last one that still stands. */
export function proofStates(document: ProofDocument): readonly ProofState[] {
  const { proofs, notices } = document;
  const last = proofs.at(-1);
  return proofs.map((proof) => {
    const wentStale = notices.some(
      (notice) =>
        notice.status === "MINED_IN_STALE_BLOCK" &&
        notice.blockHash === proof.blockHash &&
        notice.recordedAtMs >= proof.recordedAtMs,
    );
    const replaced = last !== undefined && proof !== last && !isSameProof(proof, last);
    const verifiedSince = proof.status === "received" && last?.status === "verified" && isSameProof(proof, last);
    return wentStale || replaced || verifiedSince ? "superseded" : proof.status;
  });
}

function isSameProof(left: StoredProof, right: StoredProof): boolean {
  return left.merkleRoot === right.merkleRoot && left.blockHash === right.blockHash;
}

/** What `GET /proofs/:txid` answers: the proofs, oldest first, each with its state. */
export function presentDocument(document: ProofDocument) {
  const states = proofStates(document);
  return {
    txid: document.txid,
    state: states.findLast((state) => state !== "superseded") ?? states.at(-1) ?? null,
    proofs: document.proofs.map(({ bodyText, recordedAtMs, ...proof }, index) => ({
      ...proof,
      state: states[index],
      recordedAt: new Date(recordedAtMs).toISOString(),
      envelope: JSON.parse(bodyText) as unknown,
    })),
    notices: document.notices.map(({ recordedAtMs, ...notice }) => ({
      ...notice,
      recordedAt: new Date(recordedAtMs).toISOString(),
    })),
  };
}
