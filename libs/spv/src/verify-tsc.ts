import { meetsOwnTarget, parseBlockHeader } from "./block-header.ts";
import { bytesToDisplayHash, displayHashToBytes } from "./bytes.ts";
import { SpvError } from "./errors.ts";
import { climbBranch, isLastLeaf } from "./merkle-branch.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import { parseTransaction } from "./transaction.ts";
import type { TscProof } from "./tsc-proof.ts";
import { requireSameTxid } from "./txid.ts";

/**
 * Checks everything that a proof shows by itself: the transaction, its position, the climb and the target. Whether the
 * block is in the chain is for `judgeHeader`. Throws SPV_TXID_MISMATCH, SPV_PROOF_POSITION_INVALID,
 * SPV_MERKLE_ROOT_MISMATCH, SPV_HEADER_WORK_INSUFFICIENT, SPV_TRANSACTION_INVALID.
 */
export function verifyTscProof(
  proof: TscProof,
  expected: { readonly expectedTxid?: string },
  crypto: SpvCrypto,
): ProvenTransaction {
  const txid = typeof proof.txOrId === "string" ? proof.txOrId : parseTransaction(proof.txOrId, crypto, "txOrId").txid;
  if (expected.expectedTxid !== undefined) requireSameTxid(txid, expected.expectedTxid, "txOrId");
  const root = climbBranch(displayHashToBytes(txid, "txOrId"), proof.index, proof.nodes, crypto);
  const merkleRoot = bytesToDisplayHash(root);
  const branch = { txid, merkleRoot, index: proof.index, isLastInTree: isLastLeaf(proof.index, proof.nodes) };
  const target = proof.target;
  if (target.type === "hash") return { ...branch, blockHash: target.blockHash };
  if (target.type === "block") {
    requireRoot(merkleRoot, target.merkleRoot);
    const { blockHash, blockHeight } = target;
    return { ...branch, blockHash, ...(blockHeight !== undefined && { blockHeight }) };
  }
  if (target.type === "merkleRoot") {
    requireRoot(merkleRoot, target.merkleRoot);
    return branch;
  }
  const header = parseBlockHeader(target.header, crypto);
  requireRoot(merkleRoot, header.merkleRoot);
  if (!meetsOwnTarget(header)) {
    throw new SpvError("SPV_HEADER_WORK_INSUFFICIENT", "target: the header's hash is above its own target");
  }
  return { ...branch, blockHash: header.hash, header };
}

function requireRoot(actual: string, expected: string): void {
  if (actual !== expected) {
    throw new SpvError("SPV_MERKLE_ROOT_MISMATCH", `nodes: lead to ${actual}, the target has ${expected}`);
  }
}
