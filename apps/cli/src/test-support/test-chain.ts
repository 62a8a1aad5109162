import type { Coin } from "../pay/funding.ts";
import type { PrivateKey } from "@bsv/sdk";
import { LockingScript, MerklePath, P2PKH, Transaction } from "@bsv/sdk";
import { hash256, type HeaderSource, sdkCrypto, bytesToDisplayHash, displayHashToBytes } from "@p4/spv";

/** A block with one transaction: its Merkle root is the txid. */
export function minedCoin(key: PrivateKey, satoshis: number): Coin {
  const transaction = new Transaction();
  // No real output is spent: only what is proved to be mined is looked at.
  transaction.addInput({
    sourceTXID: "11".repeat(32),
    sourceOutputIndex: 0,
    unlockingScript: LockingScript.fromHex("51"),
    sequence: 0xffffffff,
  });
  transaction.addOutput({ satoshis, lockingScript: new P2PKH().lock(key.toAddress()) });
  const txid = transaction.id("hex");
  transaction.merklePath = new MerklePath(100, [[{ offset: 0, hash: txid, txid: true }]]);
  return { txid, vout: 0, satoshis: BigInt(satoshis), beef: transaction.toHexBEEF(), key };
}

/** An unsigned mAPI callback that puts the transaction into a block of two. */
export function proofOf(txid: string): { readonly bodyText: string; readonly merkleRoot: string } {
  const sibling = "22".repeat(32);
  const pair = new Uint8Array([...displayHashToBytes(txid, "txid"), ...displayHashToBytes(sibling, "sibling")]);
  const merkleRoot = bytesToDisplayHash(hash256(sdkCrypto, pair));
  const blockHash = "00".repeat(31) + "aa";
  const payload = JSON.stringify({
    callbackPayload: { index: 0, txOrId: txid, target: blockHash, nodes: [sibling] },
    apiVersion: "1.5.0",
    timestamp: "2026-01-01T00:00:00Z",
    blockHash,
    blockHeight: 200,
    callbackTxId: txid,
    callbackReason: "merkleProof",
  });
  const bodyText = JSON.stringify({
    payload,
    signature: null,
    publicKey: null,
    encoding: "UTF-8",
    mimetype: "application/json",
  });
  return { bodyText, merkleRoot };
}

/** Confirms every block that holds one of these roots, contradicts all else. */
export function headersWith(...roots: readonly string[]): HeaderSource {
  return {
    lookup: ({ merkleRoot }) =>
      Promise.resolve(
        roots.includes(merkleRoot) ? { kind: "confirmed" } : { kind: "contradicted", reason: "another Merkle root" },
      ),
  };
}
