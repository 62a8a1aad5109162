import { type BlockClaim, type HeaderAnswer, type HeaderSource } from "@p4/spv";
import { isCliError } from "../cli-error.ts";
import { fetchJson } from "./fetch-json.ts";

interface HeaderState {
  readonly header: { readonly hash: string; readonly merkleRoot: string };
  readonly state: string;
  readonly height: number;
}

interface RootVerdict {
  readonly confirmations: readonly { readonly confirmation: string; readonly blockHash: string }[];
}

/** Block headers from the Block Headers Service's routes, which the development miner has too. */
export function minerHeaders(baseUrl: string): HeaderSource {
  const chain = `${baseUrl}/api/v1/chain`;
  return {
    async lookup(claim) {
      try {
        return claim.blockHash === undefined ? await byRoot(chain, claim) : await byHash(chain, claim, claim.blockHash);
      } catch (error) {
        if (!isCliError(error)) throw error;
        return { kind: "unavailable", reason: error.message };
      }
    },
  };
}

async function byHash(chain: string, { merkleRoot }: BlockClaim, blockHash: string): Promise<HeaderAnswer> {
  const what = "the header service";
  const { header, state, height } = await fetchJson<HeaderState>(`${chain}/header/state/${blockHash}`, { what });
  if (header.merkleRoot !== merkleRoot) {
    return { kind: "contradicted", reason: `block ${blockHash} has Merkle root ${header.merkleRoot}` };
  }
  // A block of a branch that lost: the payment will be mined again.
  return state === "LONGEST_CHAIN" ? { kind: "confirmed", blockHash, blockHeight: height } : { kind: "unknown" };
}

async function byRoot(chain: string, { merkleRoot, blockHeight }: BlockClaim): Promise<HeaderAnswer> {
  if (blockHeight === undefined) return { kind: "unknown" };
  const answer = await fetchJson<RootVerdict>(`${chain}/merkleroot/verify`, {
    what: "the header service",
    body: [{ merkleRoot, blockHeight }],
  });
  const [verdict] = answer.confirmations;
  switch (verdict?.confirmation) {
    case "CONFIRMED":
      return { kind: "confirmed", blockHash: verdict.blockHash, blockHeight };
    case "INVALID":
      return { kind: "contradicted", reason: `block ${blockHeight} has another Merkle root` };
    default:
      return { kind: "unknown" };
  }
}
