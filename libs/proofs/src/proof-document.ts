import type { RecordedProof } from "@p4/channel";
import { ProofError } from "./errors.ts";

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
  /** When its block was said to have left the chain. */
  readonly revokedAtMs?: number;
}

/** A status that a miner told. Older documents have the members that are not optional. */
export interface ProofNotice {
  readonly status: string;
  readonly blockHash: string | null;
  readonly blockHeight?: number | null;
  readonly code?: number | null;
  /** The miner's words. */
  readonly detail?: string;
  /** The callback's own time, as sent. */
  readonly timestamp?: string | null;
  /** Of news that undo something: false when the header source knew better. */
  readonly believed?: boolean;
  readonly channelId: string;
  readonly recordedAtMs: number;
}

/** Of a transaction that no channel has submitted. */
const maxStrayNotices = 8;
const maxStrayBodyLength = 65_536;

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
      // A block that left the chain may come back, and is then proved again.
      !isRevoked(other, document),
  );
  return known ? document : { ...document, proofs: withinLimits([...document.proofs, proof]) };
}

/** The same document when the news is not new: of those with a time of their own, at any place, otherwise the last. */
export function addNotice(document: ProofDocument, notice: ProofNotice): ProofDocument {
  const { timestamp = null } = notice;
  const candidates = timestamp === null ? document.notices.slice(-1) : document.notices;
  const known = candidates.some(
    (other) =>
      other.status === notice.status &&
      other.blockHash === notice.blockHash &&
      (other.timestamp ?? null) === timestamp &&
      (other.detail ?? "") === (notice.detail ?? ""),
  );
  return known ? document : { ...document, notices: [...document.notices, notice].slice(-maxNotices) };
}

/** The same document when none of these proofs stands. */
export function revokeProofs(
  document: ProofDocument,
  isMeant: (proof: StoredProof) => boolean,
  revokedAtMs: number,
): ProofDocument {
  const isRevokedNow = (proof: StoredProof) => !isRevoked(proof, document) && isMeant(proof);
  if (!document.proofs.some(isRevokedNow)) return document;
  const proofs = document.proofs.map((proof) => (isRevokedNow(proof) ? { ...proof, revokedAtMs } : proof));
  return { ...document, proofs };
}

/** Whether both say the same of the chain. When the target was a root, the hash is known only with the header. */
export function isSameProof(left: StoredProof, right: StoredProof): boolean {
  if (left.merkleRoot !== right.merkleRoot) return false;
  return left.blockHash === right.blockHash || left.blockHash === null || right.blockHash === null;
}

/** A miner has said since that the proof's block is no longer in the chain, and nothing contradicted it. */
export function isRevoked(proof: StoredProof, { notices }: ProofDocument): boolean {
  if (proof.revokedAtMs !== undefined) return true;
  // Documents from before kept this as a notice alone.
  return notices.some(
    ({ status, blockHash, believed, recordedAtMs }) =>
      status === "MINED_IN_STALE_BLOCK" &&
      believed === undefined &&
      blockHash === proof.blockHash &&
      recordedAtMs >= proof.recordedAtMs,
  );
}

/** The same callback once more, which says nothing of a block that has left the chain since. */
export function isRepeatOfRevoked(
  document: ProofDocument,
  { channelId, bodyText }: Pick<StoredProof, "channelId" | "bodyText">,
): boolean {
  const same = document.proofs.filter((proof) => proof.channelId === channelId && proof.bodyText === bodyText);
  return same.length > 0 && same.every((proof) => isRevoked(proof, document));
}

/** What one channel has heard. */
export function onlyOfChannel({ txid, proofs, notices }: ProofDocument, channelId: string): ProofDocument {
  const isOfChannel = (said: { readonly channelId: string }): boolean => said.channelId === channelId;
  return { txid, proofs: proofs.filter(isOfChannel), notices: notices.filter(isOfChannel) };
}

/**
 * The document of a transaction that no channel has submitted: anyone can make one up, so less of it is kept. `before`
 * comes back when it has not changed.
 *
 * @throws ProofError PROOF_UNSUBMITTED for a proof that is too large by itself.
 */
export function withinStrayLimits(document: ProofDocument, before: ProofDocument): ProofDocument {
  if (document === before) return before;
  const proofs = withinLimits([...document.proofs], maxStrayBodyLength);
  if (proofs.some(({ bodyText }) => bodyText.length > maxStrayBodyLength)) {
    throw new ProofError("PROOF_UNSUBMITTED", document.txid);
  }
  return { ...document, proofs, notices: document.notices.slice(-maxStrayNotices) };
}

/** Room is made at the expense of proofs that could be made up; the channels' logs still have them all. */
function withinLimits(proofs: StoredProof[], maxLength = maxBodyLength): readonly StoredProof[] {
  let length = proofs.reduce((sum, { bodyText }) => sum + bodyText.length, 0);
  while (proofs.length > 1 && (proofs.length > maxProofs || length > maxLength)) {
    const unverified = proofs.findIndex(({ status }) => status === "received");
    const at = unverified === -1 || unverified === proofs.length - 1 ? 0 : unverified;
    length -= proofs.splice(at, 1)[0]?.bodyText.length ?? 0;
  }
  return proofs;
}
