import { bytesToDisplayHash, bytesToHex } from "./bytes.ts";
import type { TscProof, TscTarget } from "./tsc-proof.ts";

/** The JSON form, all members that have a meaning, ready for JSON.stringify. */
export interface TscProofJson {
  readonly index: number;
  readonly txOrId: string;
  readonly targetType: "hash" | "header" | "merkleRoot";
  readonly target: string;
  readonly nodes: readonly string[];
}

export function tscProofToJson(proof: TscProof): TscProofJson {
  return {
    index: proof.index,
    txOrId: typeof proof.txOrId === "string" ? proof.txOrId : bytesToHex(proof.txOrId),
    ...targetToJson(proof.target),
    nodes: proof.nodes.map((node) => (node === null ? "*" : bytesToDisplayHash(node))),
  };
}

function targetToJson(target: TscTarget): Pick<TscProofJson, "targetType" | "target"> {
  switch (target.type) {
    case "header":
      return { targetType: "header", target: bytesToHex(target.header) };
    case "merkleRoot":
      return { targetType: "merkleRoot", target: target.merkleRoot };
    case "hash":
    case "block":
      return { targetType: "hash", target: target.blockHash };
  }
}
