import { envelopeOf, type JsonEnvelope, parseEnvelope } from "./envelope.ts";
import { SpvError } from "./errors.ts";
import { type BlockClaim, blockClaimOf } from "./header-source.ts";
import { type MapiDoubleSpendCallback, type MapiMerkleProofCallback, parseMapiCallback } from "./mapi-callback.ts";
import type { ProvenTransaction } from "./proven-transaction.ts";
import { requireSigningMiner } from "./signing-miner.ts";
import type { SpvCrypto } from "./spv-crypto.ts";
import type { JsonObject } from "./strict-json.ts";
import { parseTxid, requireSameTxid } from "./txid.ts";
import { type SignaturePolicy, verifyEnvelope, type VerifiedEnvelope } from "./verify-envelope.ts";
import { verifyTscProof } from "./verify-tsc.ts";

export interface ProofCallbackOptions {
  /** The txid of the URL, in either case. */
  readonly expectedTxid: string;
  readonly policy: SignaturePolicy;
  readonly crypto: SpvCrypto;
}

interface VerifiedCallbackHead {
  readonly txid: string;
  readonly signer: string | null;
  readonly form: VerifiedEnvelope["form"];
}

export type VerifiedProofCallback =
  | (VerifiedCallbackHead & {
      readonly kind: "merkle-proof";
      readonly proven: ProvenTransaction;
      readonly claim: BlockClaim;
      readonly callback: MapiMerkleProofCallback;
    })
  | (VerifiedCallbackHead & { readonly kind: "double-spend"; readonly callback: MapiDoubleSpendCallback });

/**
 * One call for the body of `POST /proofs/:txid` from mAPI: envelope, signature, payload, txids and Merkle branch.
 * What is left is the chain: ask a header source about `claim`, then `judgeHeader`. Throws SpvError.
 */
export function verifyProofCallback(bodyText: string, options: ProofCallbackOptions): VerifiedProofCallback {
  const expectedTxid = parseTxid(options.expectedTxid, "txid");
  return verifyCallback(parseEnvelope(bodyText), expectedTxid, options);
}

/** The same of a body that was read by `parseStrictJsonObject`. */
export function verifyReadCallback(body: JsonObject, options: ProofCallbackOptions): VerifiedProofCallback {
  const expectedTxid = parseTxid(options.expectedTxid, "txid");
  return verifyCallback(envelopeOf(body), expectedTxid, options);
}

function verifyCallback(
  unverified: JsonEnvelope,
  expectedTxid: string,
  options: ProofCallbackOptions,
): VerifiedProofCallback {
  const envelope = verifyEnvelope(unverified, options.policy, options.crypto);
  const callback = parseMapiCallback(envelope.payloadText);
  requireSameTxid(callback.txid, expectedTxid, "callbackTxId");
  requireSigningMiner(callback.minerId, envelope.signer);
  const head = { txid: expectedTxid, signer: envelope.signer, form: envelope.form };
  if (callback.reason !== "merkleProof") return { ...head, kind: "double-spend", callback };

  const proven = verifyTscProof(callback.proof, { expectedTxid }, options.crypto);
  if (proven.blockHash !== undefined && callback.blockHash !== undefined && proven.blockHash !== callback.blockHash) {
    throw new SpvError("SPV_BLOCK_HASH_MISMATCH", `blockHash: is not the proof's block ${proven.blockHash}`);
  }
  return { ...head, kind: "merkle-proof", proven, claim: blockClaimOf(proven, callback), callback };
}
