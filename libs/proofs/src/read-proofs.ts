import { judgeHeader, type HeaderSource } from "@p4/spv";
import { claimOf } from "./confirmed-proofs.ts";
import { addProof, type ProofDocument, type StoredProof } from "./proof-document.ts";
import { proofStates } from "./proof-states.ts";
import type { ProofStore } from "./proof-store.ts";

export interface ProofReading {
  readonly store: ProofStore;
  readonly headers: HeaderSource;
  readonly nowMs: () => number;
}

/**
 * A transaction's proofs. Miners prove a block seconds after they found it, often before the header source has it: what
 * still waits for its header is asked about again here, and a confirmation is kept. The channel is not told: its wallets
 * have the proof, and a reader must not send them messages.
 */
export async function readProofs(txid: string, { store, headers, nowMs }: ProofReading): Promise<ProofDocument | null> {
  const document = await store.read(txid);
  if (document === null) return null;
  const states = proofStates(document);
  const waiting = document.proofs.filter((_, index) => states[index] === "received");
  const answers = await Promise.all(waiting.map((proof) => confirmed(proof, headers)));
  const verified = answers.filter((proof) => proof !== null);
  if (verified.length === 0) return document;
  const recordedAtMs = nowMs();
  return store.amend(txid, (current) =>
    verified.reduce((changed, proof) => addProof(changed, { ...proof, recordedAtMs }), current),
  );
}

async function confirmed(proof: StoredProof, headers: HeaderSource): Promise<StoredProof | null> {
  const claim = claimOf(proof);
  const verdict = judgeHeader(claim, await headers.lookup(claim), "accept-unknown");
  if (verdict.kind !== "verified") return null;
  return {
    ...proof,
    status: "verified",
    blockHash: verdict.blockHash ?? null,
    blockHeight: verdict.blockHeight ?? null,
  };
}
