import { PrivateKey } from "@bsv/sdk";
import { nodeCrypto } from "@p4/node-crypto";
import { sdkCrypto, signEnvelope, verifyProofCallback, VERIFY_IF_SIGNED, type SpvCrypto } from "@p4/spv";

export interface VerifyResult {
  readonly crypto: string;
  readonly proofsPerSecond: number;
}

/** A signed mAPI callback with a branch of 14 nodes: the depth of a block of some sixteen thousand transactions. */
const branchNodes = 14;
const keyHex = "11".repeat(32);

/** ECDSA and Merkle verification of one callback after the other on one core, with either implementation. */
export function verifyScenario(onProgress: (text: string) => void): VerifyResult[] {
  const txid = "ab".repeat(32);
  const bodyText = signedCallback(txid);
  return [
    { crypto: "OpenSSL (runtime)", implementation: nodeCrypto, count: 3_000 },
    { crypto: "@bsv/sdk (JavaScript)", implementation: sdkCrypto, count: 600 },
  ].map(({ crypto, implementation, count }) => {
    onProgress(`verifying signed proofs with ${crypto}`);
    verify(bodyText, txid, implementation, count / 10);
    return { crypto, proofsPerSecond: verify(bodyText, txid, implementation, count) };
  });
}

function verify(bodyText: string, expectedTxid: string, crypto: SpvCrypto, count: number): number {
  const startedMs = performance.now();
  for (let done = 0; done < count; done++) {
    verifyProofCallback(bodyText, { expectedTxid, policy: VERIFY_IF_SIGNED, crypto });
  }
  return (count / (performance.now() - startedMs)) * 1000;
}

function signedCallback(txid: string): string {
  const nodes = Array.from({ length: branchNodes }, (_, level) => level.toString(16).padStart(2, "0").repeat(32));
  const payload = JSON.stringify({
    callbackPayload: { index: 5, txOrId: txid, targetType: "hash", target: "cd".repeat(32), nodes },
    apiVersion: "1.5.0",
    timestamp: "2026-01-01T00:00:00Z",
    minerId: PrivateKey.fromHex(keyHex).toPublicKey().toString(),
    blockHash: "cd".repeat(32),
    blockHeight: 7,
    callbackTxId: txid,
    callbackReason: "merkleProof",
  });
  return signEnvelope(payload, keyHex);
}
