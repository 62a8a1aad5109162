import type { RecordedProof } from "@p4/channel";

/** What is known of one transaction's proofs: kept after its channel has ended. Nothing in it is overwritten. */
export interface ProofDocument {
  readonly txid: string;
  /** Oldest first. */
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

const maxProofs = 64;
const maxNotices = 64;
/** Characters of all bodies together: the document must stay below what the broker takes in one message. */
const maxBodyLength = 800_000;

export function emptyDocument(txid: string): ProofDocument {
  return { txid, proofs: [], notices: [] };
}

/** The same document when the proof is in it already. */
export function addProof(document: ProofDocument, proof: StoredProof): ProofDocument {
  const known = document.proofs.some(
    (other) =>
      other.channelId === proof.channelId &&
      isSameProof(other, proof) &&
      (other.status === proof.status || other.status === "verified") &&
      // A block that left the chain may come back, and is then proved anew.
      !isStale(other, document),
  );
  return known ? document : { ...document, proofs: withinLimits([...document.proofs, proof]) };
}

/** The same document when the news is not new. */
export function addNotice(document: ProofDocument, notice: ProofNotice): ProofDocument {
  const last = document.notices.at(-1);
  if (last?.status === notice.status && last.blockHash === notice.blockHash) return document;
  return { ...document, notices: [...document.notices, notice].slice(-maxNotices) };
}

/** Whether both say the same of the chain. Only who has seen the header knows the hash, when the target was a root. */
export function isSameProof(left: StoredProof, right: StoredProof): boolean {
  if (left.merkleRoot !== right.merkleRoot) return false;
  return left.blockHash === right.blockHash || left.blockHash === null || right.blockHash === null;
}

/** ARC has said since that the proof's block is no longer in the chain. */
export function isStale(proof: StoredProof, { notices }: ProofDocument): boolean {
  return notices.some(
    ({ status, blockHash, recordedAtMs }) =>
      status === "MINED_IN_STALE_BLOCK" && blockHash === proof.blockHash && recordedAtMs >= proof.recordedAtMs,
  );
}

/** Room is made at the expense of proofs that anybody could have made up; the channels' logs still have them all. */
function withinLimits(proofs: StoredProof[]): readonly StoredProof[] {
  let length = proofs.reduce((sum, { bodyText }) => sum + bodyText.length, 0);
  while (proofs.length > 1 && (proofs.length > maxProofs || length > maxBodyLength)) {
    const unverified = proofs.findIndex(({ status }) => status === "received");
    const at = unverified === -1 || unverified === proofs.length - 1 ? 0 : unverified;
    length -= proofs.splice(at, 1)[0]?.bodyText.length ?? 0;
  }
  return proofs;
}
