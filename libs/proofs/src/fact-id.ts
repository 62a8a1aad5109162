import { bytesToHex, type SpvCrypto } from "@p4/spv";
import type { RecordedDoubleSpend, RecordedProof, RecordedRejection, RecordedRevocation } from "@p4/channel";

/**
 * The id of the event that a fact becomes: the same for a callback sent again, another for whatever else is said. The
 * log takes an id once, so everything that tells two facts apart is in it.
 */
export function proofId({ txid, merkleRoot, blockHash, status }: RecordedProof, crypto: SpvCrypto): string {
  return `proof.${digest([txid, merkleRoot, blockHash ?? "", status], crypto)}`;
}

/** Names a proof that waits for its header on a channel. */
export function waitingId(channelId: string, proof: RecordedProof, crypto: SpvCrypto): string {
  return digest([channelId, proofId(proof, crypto)], crypto);
}

export function doubleSpendId({ txid, reason, competingTxids }: RecordedDoubleSpend, crypto: SpvCrypto): string {
  return `${reason}.${digest([txid, ...competingTxids], crypto)}`;
}

export function rejectionId(rejection: RecordedRejection, crypto: SpvCrypto): string {
  const { txid, status, code, detail, competingTxids } = rejection;
  return `rejected.${digest([JSON.stringify([txid, status, code, detail, competingTxids])], crypto)}`;
}

/** Repeated in time: the channel tells one time that a block left from the next. */
export function revocationId({ txid, status, blockHashes }: RecordedRevocation, crypto: SpvCrypto): string {
  return `revoked.${digest([JSON.stringify([txid, status, blockHashes])], crypto)}`;
}

/** 128 bits of SHA-256 over parts none of which holds a space, or over one. */
function digest(parts: readonly string[], crypto: SpvCrypto): string {
  return bytesToHex(crypto.sha256(encoder.encode(parts.join(" ")))).slice(0, 32);
}

const encoder = new TextEncoder();
