import type { RecordedDoubleSpend, RecordedProof, RecordedRejection } from "@p4/channel";
import type { ArcCallback, BlockClaim } from "@p4/spv";

/** What a miner's callback says. A proof is verified as far as it can be without the chain. */
export type CallbackFact =
  | ProofFact
  | { readonly kind: "double-spend"; readonly doubleSpend: RecordedDoubleSpend; readonly said: Said }
  | { readonly kind: "rejection"; readonly rejection: RecordedRejection; readonly said: Said }
  | RevocationFact
  | { readonly kind: "status"; readonly txid: string; readonly said: Said };

export interface ProofFact {
  readonly kind: "proof";
  readonly claim: BlockClaim;
  readonly proof: Pick<RecordedProof, "txid" | "source" | "raw" | "bodyText">;
}

/** Which proofs it undoes is known only beside those that there are. */
export interface RevocationFact {
  readonly kind: "revocation";
  readonly callback: ArcCallback;
  readonly raw: string;
  /** The block that the transaction is said to be in instead. */
  readonly movedTo: Partial<BlockClaim> | null;
  /** A path to the block that is said to have left, which the chain may know better. */
  readonly proof: ProofFact | null;
  readonly said: Said;
}

/** A status as it is kept beside the proofs. */
export interface Said {
  readonly status: string;
  readonly blockHash: string | null;
  readonly blockHeight: number | null;
  readonly code: number | null;
  /** The miner's words. */
  readonly detail: string;
  /** The callback's own time, as sent; null when it has none. */
  readonly timestamp: string | null;
}
