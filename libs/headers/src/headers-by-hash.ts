import type { HttpClient } from "@bsv/sdk";
import type { BlockClaim, HeaderAnswer, HeaderSource } from "@p4/spv";

/**
 * Sources that know each header, also those off the longest chain: `GET /api/v1/chain/header/state/:hash`.
 * A claim that names no block is answered by `byHeight`. One that names an unknown block is not confirmed, but its root
 * may still be known to be wrong for its height.
 */
export function headersByHash(url: string, httpClient: HttpClient, byHeight: HeaderSource): HeaderSource {
  return {
    async lookup(claim) {
      const { blockHash } = claim;
      if (blockHash === undefined) return byHeight.lookup(claim);
      const response = await httpClient.request<unknown>(`${url}/api/v1/chain/header/state/${blockHash}`, {
        method: "GET",
        headers: { accept: "application/json" },
      });
      if (response.status === 404) {
        const answer = await byHeight.lookup(claim);
        return answer.kind === "contradicted" ? answer : { kind: "unknown" };
      }
      if (!response.ok) throw new Error(`GET header ${blockHash} was answered ${response.status}`);
      return answerFrom(claim, blockHash, response.data);
    },
  };
}

interface HeaderState {
  readonly header: { readonly merkleRoot: string };
  readonly state: string;
  readonly height: number;
}

function answerFrom(claim: BlockClaim, blockHash: string, body: unknown): HeaderAnswer {
  if (!isHeaderState(body)) throw new Error(`the answer for header ${blockHash} is not a header's state`);
  const merkleRoot = body.header.merkleRoot.toLowerCase();
  if (merkleRoot !== claim.merkleRoot) {
    return { kind: "contradicted", reason: `block ${blockHash} has Merkle root ${merkleRoot}` };
  }
  // A block off the longest chain proves nothing now, but it may come back.
  if (body.state !== "LONGEST_CHAIN") return { kind: "unknown" };
  return { kind: "confirmed", blockHash, blockHeight: body.height };
}

function isHeaderState(body: unknown): body is HeaderState {
  const { header, state, height } = (body ?? {}) as Partial<HeaderState>;
  return typeof header?.merkleRoot === "string" && typeof state === "string" && Number.isSafeInteger(height);
}
