import type { BlockHeader } from "./block-header.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";

/** What must be true of the chain for a proof to hold. At least the root is known; the rest as the proof says. */
export interface BlockClaim {
  readonly merkleRoot: string;
  readonly blockHash?: string;
  readonly blockHeight?: number;
}

export type HeaderAnswer =
  /** The chain has such a block. */
  | { readonly kind: "confirmed"; readonly blockHash?: string; readonly blockHeight?: number }
  /** The block that the claim names is known and has another root. */
  | { readonly kind: "contradicted"; readonly reason: string }
  /** The source has not heard of the block, or cannot look it up by what the claim names. */
  | { readonly kind: "unknown" }
  /** The source could not be asked. */
  | { readonly kind: "unavailable"; readonly reason: string };

/**
 * Port to the block headers that we trust. One question, so that sources which know headers by hash and sources which
 * only confirm a root at a height both fit. Answers, never rejects: a failed look-up is `unavailable`.
 */
export interface HeaderSource {
  /** `fresh`: a remembered answer will not do, because the chain is said to have changed. */
  lookup(claim: BlockClaim, options?: { readonly fresh?: boolean }): Promise<HeaderAnswer>;
}

/** No header source: every block is unknown. */
export const NO_HEADERS: HeaderSource = { lookup: () => Promise.resolve({ kind: "unknown" }) };

/** For sources that find headers by hash: `null` means "not known". */
export function answerFromHeader(
  claim: BlockClaim,
  known: { readonly header: BlockHeader; readonly blockHeight?: number } | null,
): HeaderAnswer {
  if (known === null) return { kind: "unknown" };
  const { header, blockHeight } = known;
  if (header.merkleRoot !== claim.merkleRoot) {
    return { kind: "contradicted", reason: `${header.hash} has Merkle root ${header.merkleRoot}` };
  }
  if (blockHeight !== undefined && claim.blockHeight !== undefined && blockHeight !== claim.blockHeight) {
    return { kind: "contradicted", reason: `${header.hash} has height ${String(blockHeight)}` };
  }
  return { kind: "confirmed", blockHash: header.hash, ...(blockHeight !== undefined && { blockHeight }) };
}

/** The question that a proof raises. `said` fills what the proof itself does not name (a root target, for example). */
export function blockClaimOf(
  proof: ProvenTransaction,
  said: { readonly blockHash?: string; readonly blockHeight?: number } = {},
): BlockClaim {
  const blockHash = proof.blockHash ?? said.blockHash;
  const blockHeight = proof.blockHeight ?? said.blockHeight;
  return {
    merkleRoot: proof.merkleRoot,
    ...(blockHash !== undefined && { blockHash }),
    ...(blockHeight !== undefined && { blockHeight }),
  };
}
