import { encodeBump, tscProofToJson, tscToBump, type TscProof, type TscProofJson } from "@p4/spv";

import type { MinedPosition } from "./blockchain.ts";
import { sha256Crypto } from "./hash.ts";
import { merkleBranch } from "./merkle-tree.ts";
import type { ChainTransaction } from "./transaction.ts";

/** The TSC proof (TS 2020.01030) of a mined transaction as JSON; its target is the block hash. */
export function tscProofOf(position: MinedPosition): TscProofJson {
  return tscProofToJson(proofOf(position));
}

/** The same proof as a BUMP (BRC-74), binary. */
export function bumpOf(position: MinedPosition): Uint8Array {
  return encodeBump(tscToBump(proofOf(position), position.block.height, sha256Crypto));
}

export function bumpHexOf(position: MinedPosition): string {
  return Buffer.from(bumpOf(position)).toString("hex");
}

function proofOf({ block, index }: MinedPosition): TscProof {
  return {
    index,
    txOrId: (block.transactions[index] as ChainTransaction).txid,
    target: { type: "hash", blockHash: block.hash },
    nodes: merkleBranch(block.tree, index),
  };
}
