import type { RecordedProof } from "@p4/channel";
import {
  blockClaimOf,
  parseArcCallbacks,
  VERIFY_IF_SIGNED,
  verifyProofCallback,
  type BlockClaim,
  type ProvenTransaction,
  type SpvCrypto,
} from "@p4/spv";

/** What a recorded callback shows by itself. */
export interface ReadProof {
  readonly proven: ProvenTransaction;
  readonly claim: BlockClaim;
  /** The key that signed the envelope; null: unsigned. */
  readonly signer: string | null;
}

/** Verifies a callback's body again: envelope signature, txid, Merkle path. Throws SpvError; null: it is no proof. */
export function readProof(bodyText: string, proof: RecordedProof, crypto: SpvCrypto): ReadProof | null {
  if (proof.source === "mapi" || bodyText !== proof.raw) return readEnvelope(bodyText, proof.txid, crypto);
  for (const callback of parseArcCallbacks(bodyText, crypto)) {
    if (callback.path === null || callback.txid !== proof.txid) continue;
    const { proven } = callback.path;
    const claim = blockClaimOf(proven, callback);
    if (claim.merkleRoot === proof.merkleRoot) return { proven, claim, signer: null };
  }
  return null;
}

function readEnvelope(bodyText: string, expectedTxid: string, crypto: SpvCrypto): ReadProof | null {
  const verified = verifyProofCallback(bodyText, { expectedTxid, policy: VERIFY_IF_SIGNED, crypto });
  if (verified.kind !== "merkle-proof") return null;
  return { proven: verified.proven, claim: verified.claim, signer: verified.signer };
}
