import { proofServicesOf } from "@p4/app";
import { isProofError, proofStates, recordCallback, type StoredProof } from "@p4/proofs";
import { isSpvError, VERIFY_IF_SIGNED } from "@p4/spv";
import { OperatorError } from "./operator-error.ts";
import type { Operator } from "./operator.ts";

export interface Requeued {
  readonly channelId: string;
  readonly blockHash: string | null;
  readonly was: string;
  /** `stored`: a new event, which the wallets get. `unchanged`: the channel knew it, or has ended. */
  readonly outcome: "stored" | "unchanged" | "refused";
  readonly detail: string;
}

/**
 * Judges the stored proofs of a transaction again, for example now that their block's header is known, and delivers what is
 * new.
 *
 * @throws OperatorError PROOF_UNKNOWN
 */
export async function requeueProofs(
  { node, config }: Pick<Operator, "node" | "config">,
  txid: string,
  headersUrl?: string,
): Promise<Requeued[]> {
  const services = proofServicesOf(
    node,
    headersUrl === undefined ? config : { ...config, headerSource: { kind: "miner", url: headersUrl } },
  );
  const { store } = services;
  const document = await store.read(txid);
  if (document === null || document.proofs.length === 0) {
    const nextStep = `p4 channels --txid ${txid} finds its channel; the proof may not have come yet.`;
    throw new OperatorError("failed", `no proof of ${txid} is stored`, nextStep, "PROOF_UNKNOWN");
  }
  const states = proofStates(document);
  const results: Requeued[] = [];
  for (const [i, proof] of document.proofs.entries()) {
    const was = states[i] ?? proof.status;
    if (was !== "superseded") results.push(await requeueOne(proof, { txid, was, services, registry: node.registry }));
  }
  return results;
}

interface RequeueContext {
  readonly txid: string;
  readonly was: string;
  readonly services: Parameters<typeof recordCallback>[1];
  readonly registry: Operator["node"]["registry"];
}

async function requeueOne(proof: StoredProof, { txid, was, services, registry }: RequeueContext): Promise<Requeued> {
  const { channelId, blockHash, bodyText, source } = proof;
  // ARC's never had a signature: that they may come was settled when they came.
  const rules = source === "arc" ? { ...services.rules, signaturePolicy: VERIFY_IF_SIGNED } : services.rules;
  const before = await registry.read(channelId);
  try {
    await recordCallback({ channelId, expectedTxid: txid, bodyText }, { ...services, rules });
  } catch (error) {
    if (!isSpvError(error) && !isProofError(error)) throw error;
    return { channelId, blockHash, was, outcome: "refused", detail: error.message };
  }
  const after = await registry.read(channelId);
  const isNew = after.streamVersion !== before.streamVersion;
  const newest = after.snapshot.context.proofs.at(-1)?.data.proof.status;
  const detail = isNew ? `now ${newest ?? was}` : "the channel has it, or has ended";
  return { channelId, blockHash, was, outcome: isNew ? "stored" : "unchanged", detail };
}
