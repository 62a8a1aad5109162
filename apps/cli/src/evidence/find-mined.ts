import { nodeCrypto } from "@p4/node-crypto";
import { blockClaimOf, isSpvError, judgeHeader, parseTscProof, verifyTscProof } from "@p4/spv";
import { CliError, isCliError } from "../cli-error.ts";
import { queryTransaction } from "../pay/mapi.ts";
import { minerHeaders } from "../pay/miner-headers.ts";

/** `mined`: by a Merkle proof up to a block that the header service has in its chain. */
export type MinedVerdict =
  | { readonly kind: "mined"; readonly blockHeight: number; readonly blockHash: string | null }
  | { readonly kind: "not proved"; readonly reason: string };

/** Throws a CliError for a proof that does not hold; one that cannot be had is `not proved`. */
export async function findMined(serviceUrl: string, txid: string): Promise<MinedVerdict> {
  try {
    const { merkleProof, blockHeight } = await queryTransaction(serviceUrl, txid);
    if (merkleProof === undefined) return { kind: "not proved", reason: `${serviceUrl} has no Merkle proof of it` };
    const proven = verifyTscProof(parseTscProof(merkleProof), { expectedTxid: txid }, nodeCrypto);
    const said = Number.isSafeInteger(blockHeight) ? { blockHeight: blockHeight as number } : {};
    const claim = blockClaimOf(proven, said);
    const answer = await minerHeaders(serviceUrl).lookup(claim);
    if (answer.kind === "unavailable") return { kind: "not proved", reason: answer.reason };
    const verdict = judgeHeader(claim, answer, "accept-unknown");
    if (verdict.kind === "refused") throw new CliError("failed", verdict.reason, null, verdict.code);
    if (verdict.kind !== "verified" || verdict.blockHeight === undefined) {
      return { kind: "not proved", reason: `${serviceUrl} does not have its block in the chain` };
    }
    return { kind: "mined", blockHeight: verdict.blockHeight, blockHash: verdict.blockHash ?? null };
  } catch (error) {
    if (isSpvError(error)) {
      throw new CliError("failed", `the Merkle proof of ${txid} does not hold: ${error.message}`, null, error.code);
    }
    // The service is away, or has no such route: nothing is said against the transaction.
    const isSilent = isCliError(error) && (error.code === "UNREACHABLE" || error.code === "FAILED");
    if (isSilent) return { kind: "not proved", reason: error.message };
    throw error;
  }
}
