import type { RecordedRevocation } from "@p4/channel";
import type { BlockClaim } from "@p4/spv";
import { arcRevocationBody, boundedDetail } from "./arc-body.ts";
import type { RevocationFact } from "./callback-fact.ts";
import { claimOf, confirmedProofs } from "./confirmed-proofs.ts";
import { revocationId } from "./fact-id.ts";
import { addNotice, emptyDocument, isRevoked, revokeProofs, type StoredProof } from "./proof-document.ts";
import { recordProof } from "./record-proof.ts";
import { metadataOf, noteOnChannel, noticeOf, originOf, submit, type RecordServices } from "./record-services.ts";

/**
 * The block of a proof is said to have left the chain. Nothing of this is signed, so the header source is asked first:
 * a proof that it confirms stands, and the news is kept as a notice alone.
 *
 * @throws SpvError (the header source cannot be asked), ProofError, StoreError.
 */
export async function recordRevocation(
  channelId: string,
  fact: RevocationFact,
  services: RecordServices,
): Promise<void> {
  const { txid } = fact.callback;
  const { store, rules } = services;
  if (fact.proof !== null && (await rules.headers.lookup(fact.proof.claim, { fresh: true })).kind === "confirmed") {
    await recordProof(channelId, fact.proof, services);
    return noteOnChannel(txid, noticeOf(channelId, fact.said, services, { believed: false }), services);
  }
  const document = (await store.read(txid)) ?? emptyDocument(txid);
  const standing = document.proofs.filter((proof) => proof.channelId === channelId && !isRevoked(proof, document));
  const meant = standing.filter((proof) => isMeant(proof, fact));
  const confirmed = await confirmedProofs(meant, rules.headers);
  const isUndone = (proof: StoredProof): boolean =>
    proof.channelId === channelId &&
    isMeant(proof, fact) &&
    !confirmed.some((other) => isOfBlock(proof, claimOf(other)));
  const undone = standing.filter(isUndone);
  const blockHashes = blocksToRevoke(fact, { standing, meant, undone });
  if (blockHashes === null) {
    const believed = confirmed.length === 0;
    return noteOnChannel(txid, noticeOf(channelId, fact.said, services, { believed }), services);
  }
  const revocation = revocationOf(fact, blockHashes);
  const metadata = metadataOf(txid, revocationId(revocation, rules.crypto), services);
  const channel = await submit(channelId, { type: "RevokeProof", revocation, metadata }, services);
  const notice = noticeOf(channelId, fact.said, services, { believed: true });
  await store.change(txid, originOf(txid, channelId, channel), (current) =>
    addNotice(revokeProofs(current, isUndone, metadata.nowMs), notice),
  );
}

/** A proof that names no block may be of any, unless its height says otherwise. */
function isMeant(proof: StoredProof, { callback, movedTo }: RevocationFact): boolean {
  if (movedTo !== null && isOfBlock(proof, movedTo)) return false;
  const { staleBlocks, blockHeight, path } = callback;
  if (staleBlocks.length === 0) return true;
  if (proof.blockHash !== null) return staleBlocks.includes(proof.blockHash);
  const height = path?.bump.blockHeight ?? blockHeight;
  return movedTo !== null || height === undefined || proof.blockHeight === null || proof.blockHeight === height;
}

/** By what both name; where nothing tells them apart, they are one. */
function isOfBlock(proof: StoredProof, { blockHash, merkleRoot, blockHeight }: Partial<BlockClaim>): boolean {
  if (proof.blockHash !== null && blockHash !== undefined) return proof.blockHash === blockHash;
  if (merkleRoot !== undefined) return proof.merkleRoot === merkleRoot;
  return proof.blockHeight === null || blockHeight === undefined || proof.blockHeight === blockHeight;
}

interface Judged {
  readonly standing: readonly StoredProof[];
  /** Those of them that the news is about. */
  readonly meant: readonly StoredProof[];
  /** And of these the ones that are to go. */
  readonly undone: readonly StoredProof[];
}

/** The blocks that the channel is told of; empty means whichever block. Null: it has nothing to undo. */
function blocksToRevoke(
  { callback, movedTo }: RevocationFact,
  { standing, meant, undone }: Judged,
): readonly string[] | null {
  const named = callback.staleBlocks.filter((hash) => hash !== movedTo?.blockHash);
  const isAbout = movedTo === null || named.length > 0;
  // The channel may know a proof that the transaction's record has lost.
  if (standing.length === 0) return isAbout ? named : null;
  if (undone.length === 0) return null;
  if (undone.length === meant.length && isAbout) return named;
  const hashes = undone.map(({ blockHash }) => blockHash).filter((hash) => hash !== null);
  // Without a hash only all can be named, and a proof that stays must not go with them.
  return hashes.length > 0 || undone.length === standing.length ? [...new Set(hashes)] : null;
}

function revocationOf({ callback, raw }: RevocationFact, blockHashes: readonly string[]): RecordedRevocation {
  const { txid, status } = callback;
  const bodyText = arcRevocationBody(callback, blockHashes);
  return { txid, status, blockHashes, detail: boundedDetail(callback), raw, bodyText };
}
