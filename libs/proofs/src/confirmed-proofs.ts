import { SpvError, type BlockClaim, type HeaderSource } from "@p4/spv";
import type { StoredProof } from "./proof-document.ts";

/**
 * Those of the proofs whose block is in the chain right now: what undoes them would be wrong.
 *
 * @throws SpvError to try again later, when the header source knew a block and cannot be asked.
 */
export async function confirmedProofs(
  proofs: readonly StoredProof[],
  headers: HeaderSource,
): Promise<readonly StoredProof[]> {
  const answers = await Promise.all(proofs.map((proof) => headers.lookup(claimOf(proof), { fresh: true })));
  answers.forEach((answer, index) => {
    if (answer.kind === "unavailable" && proofs[index]?.status === "verified") {
      throw new SpvError("SPV_HEADER_SOURCE_UNAVAILABLE", answer.reason);
    }
  });
  return proofs.filter((_, index) => answers[index]?.kind === "confirmed");
}

export function claimOf({ merkleRoot, blockHash, blockHeight }: StoredProof): BlockClaim {
  return {
    merkleRoot,
    ...(blockHash === null ? {} : { blockHash }),
    ...(blockHeight === null ? {} : { blockHeight }),
  };
}
