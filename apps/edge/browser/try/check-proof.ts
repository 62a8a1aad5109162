import { isSpvError, sdkCrypto, VERIFY_IF_SIGNED, verifyProofCallback, type HeaderAnswer } from "@p4/spv";
import { postJson } from "./post-json.ts";

export type CheckedProof =
  | {
      readonly ok: true;
      readonly merkleRoot: string;
      readonly blockHash: string | null;
      readonly blockHeight: number | null;
      /** Whether the miner's signature was there; a wrong one is refused. */
      readonly signed: boolean;
      readonly header: HeaderAnswer["kind"];
    }
  | { readonly ok: false; readonly reason: string };

/** Verifies the Merkle branch and the signature in this page, then asks the server's header source for the block's root. */
export async function checkProof(bodyText: string, txid: string): Promise<CheckedProof> {
  try {
    const verified = verifyProofCallback(bodyText, { expectedTxid: txid, policy: VERIFY_IF_SIGNED, crypto: sdkCrypto });
    if (verified.kind !== "merkle-proof") return { ok: false, reason: "it tells of a double spend" };
    const { claim, proven, signer } = verified;
    const answer = await postJson<HeaderAnswer>("/try/block", claim);
    if (answer.kind === "contradicted") return { ok: false, reason: answer.reason };
    const said = answer.kind === "confirmed" ? answer : claim;
    return {
      ok: true,
      merkleRoot: proven.merkleRoot,
      blockHash: said.blockHash ?? claim.blockHash ?? null,
      blockHeight: said.blockHeight ?? claim.blockHeight ?? null,
      signed: signer !== null,
      header: answer.kind,
    };
  } catch (error) {
    if (isSpvError(error)) return { ok: false, reason: error.message };
    throw error;
  }
}
