import { bytesToDisplayHash, displayHashToBytes, encodeBumpHex, merkleParent, sdkCrypto, tscToBump } from "@p4/spv";

/** Blocks of two transactions: ours first, then one that makes each block another. */
export interface ProvenIn {
  readonly txid: string;
  readonly blockHash: string;
  readonly blockHeight: number;
  /** The other transaction's id. */
  readonly sibling: string;
}

export const txid = "1a".repeat(32);
export const blockA: ProvenIn = { txid, blockHash: "aa".repeat(32), blockHeight: 100, sibling: "a1".repeat(32) };
export const blockB: ProvenIn = { txid, blockHash: "bb".repeat(32), blockHeight: 101, sibling: "b1".repeat(32) };

export function merkleRootOf({ txid, sibling }: ProvenIn): string {
  const [left, right] = [displayHashToBytes(txid, "txid"), displayHashToBytes(sibling, "sibling")];
  return bytesToDisplayHash(merkleParent(left, right, sdkCrypto));
}

/** What `KnownHeaders.add` takes. */
export function headerOf(block: ProvenIn): { hash: string; merkleRoot: string } {
  return { hash: block.blockHash, merkleRoot: merkleRootOf(block) };
}

/** An unsigned mAPI envelope around a TSC proof; `target` as the proof's own. */
export function mapiProof(block: ProvenIn, target: "hash" | "merkleRoot" = "hash"): string {
  const { txid, blockHash, blockHeight, sibling } = block;
  const aim = target === "hash" ? { target: blockHash } : { targetType: target, target: merkleRootOf(block) };
  return mapiEnvelope({
    callbackPayload: { index: 0, txOrId: txid, ...aim, nodes: [sibling] },
    apiVersion: "1.5.0",
    ...(target === "hash" ? { blockHash, blockHeight } : {}),
    callbackTxId: txid,
    callbackReason: "merkleProof",
  });
}

export function mapiDoubleSpend(reason: "doubleSpend" | "doubleSpendAttempt", competing: string): string {
  const callbackPayload = { doubleSpendTxId: competing, payload: "" };
  return mapiEnvelope({ callbackPayload, callbackTxId: txid, callbackReason: reason });
}

function mapiEnvelope(payload: object): string {
  const text = JSON.stringify(payload);
  return JSON.stringify({ payload: text, signature: null, publicKey: null, encoding: "UTF-8", mimetype: null });
}

export function arcMined({ txid, blockHash, blockHeight, sibling }: ProvenIn) {
  const nodes = [displayHashToBytes(sibling, "sibling")];
  const proof = { index: 0, txOrId: txid, target: { type: "hash", blockHash }, nodes } as const;
  const merklePath = encodeBumpHex(tscToBump(proof, blockHeight, sdkCrypto));
  return { timestamp: "2026-11-23T00:00:00Z", txid, txStatus: "MINED", merklePath, blockHash, blockHeight };
}
