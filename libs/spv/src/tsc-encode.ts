import { bytesToDisplayHash, bytesToHex } from "./bytes.ts";
import type { TscProof } from "./tsc-proof.ts";

/** The JSON form, all members that have a meaning, ready for JSON.stringify. */
export interface TscProofJson {
  readonly index: number;
  readonly txOrId: string;
  readonly targetType: "hash" | "header" | "merkleRoot";
  readonly target: string;
  readonly nodes: readonly string[];
}

export function tscProofToJson(proof: TscProof): TscProofJson {
  const { target } = proof;
  return {
    index: proof.index,
    txOrId: typeof proof.txOrId === "string" ? proof.txOrId : bytesToHex(proof.txOrId),
    targetType: target.type,
    target:
      target.type === "header"
        ? bytesToHex(target.header)
        : target.type === "hash"
          ? target.blockHash
          : target.merkleRoot,
    nodes: proof.nodes.map((node) => (node === null ? "*" : bytesToDisplayHash(node))),
  };
}
