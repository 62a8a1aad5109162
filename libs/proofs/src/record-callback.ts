import type { ChannelRegistry } from "@p4/actors";
import type { ChannelCommand, CommandMetadata } from "@p4/channel";
import {
  judgeHeader,
  SpvError,
  type HeaderPolicy,
  type HeaderSource,
  type SignaturePolicy,
  type SpvCrypto,
} from "@p4/spv";
import type { CallbackFact } from "./callback-fact.ts";
import { ProofError } from "./errors.ts";
import { addNotice, addProof } from "./proof-document.ts";
import type { ProofStore } from "./proof-store.ts";
import { readCallback, type UnjudgedFact } from "./read-callback.ts";

export interface ProofRules {
  readonly signaturePolicy: SignaturePolicy;
  readonly headerPolicy: HeaderPolicy;
  readonly headers: HeaderSource;
  readonly crypto: SpvCrypto;
}

export interface ProofServices {
  readonly registry: Pick<ChannelRegistry, "submit">;
  readonly store: ProofStore;
  readonly rules: ProofRules;
  readonly nowMs: () => number;
}

export interface IncomingCallback {
  readonly channelId: string;
  readonly expectedTxid: string | null;
  readonly bodyText: string;
}

/**
 * Verifies a callback and stores what it says: first on the channel, whose log decides, then by transaction.
 * Resolves only when both are stored; sent again after a crash in between, it completes what is missing.
 *
 * @throws SpvError (the callback is wrong, or its block cannot be looked up now), ProofError, StoreError.
 */
export async function recordCallback(callback: IncomingCallback, services: ProofServices): Promise<void> {
  const { rules } = services;
  const facts = readCallback(callback.bodyText, {
    expectedTxid: callback.expectedTxid,
    policy: rules.signaturePolicy,
    crypto: rules.crypto,
  });
  // All are judged before the first is stored: a batch with one wrong entry changes nothing.
  const judged = await Promise.all(facts.map((fact) => judge(fact, rules)));
  for (const fact of judged) await record(callback.channelId, fact, services);
}

async function judge({ claim, judged }: UnjudgedFact, rules: ProofRules): Promise<CallbackFact> {
  if (claim === null) return judged({ kind: "received" });
  const verdict = judgeHeader(claim, await rules.headers.lookup(claim), rules.headerPolicy);
  if (verdict.kind === "refused" || verdict.kind === "retry-later") throw new SpvError(verdict.code, verdict.reason);
  return judged(verdict);
}

async function record(channelId: string, fact: CallbackFact, services: ProofServices): Promise<void> {
  const recordedAtMs = services.nowMs();
  switch (fact.kind) {
    case "proof": {
      const { proof } = fact;
      const id = `proof.${proof.txid}.${(proof.blockHash ?? proof.merkleRoot).slice(-24)}.${proof.status}`;
      await submit(
        channelId,
        { type: "RecordProof", proof, metadata: metadataOf(id, proof.txid, recordedAtMs) },
        services,
      );
      return services.store.change(proof.txid, (document) => addProof(document, { ...proof, channelId, recordedAtMs }));
    }
    case "double-spend": {
      const { doubleSpend } = fact;
      const { txid, reason, competingTxids } = doubleSpend;
      const id = `${reason}.${txid}.${(competingTxids[0] ?? "").slice(-24)}`;
      await submit(
        channelId,
        { type: "ReportDoubleSpend", doubleSpend, metadata: metadataOf(id, txid, recordedAtMs) },
        services,
      );
      const notice = { status: reason, blockHash: null, channelId, recordedAtMs };
      return services.store.change(txid, (document) => addNotice(document, notice));
    }
    case "status": {
      const { txid, status, blockHash } = fact;
      const notice = { status, blockHash, channelId, recordedAtMs };
      return services.store.change(txid, (document) => addNotice(document, notice));
    }
  }
}

/** After a channel's end nobody listens, but a proof is still worth keeping: it goes to the transaction's record alone. */
async function submit(channelId: string, command: ChannelCommand, { registry }: ProofServices): Promise<void> {
  const result = await registry.submit(channelId, command);
  if (result.outcome !== "refused" || result.code === "CHANNEL_EXPIRED" || result.code === "CHANNEL_CLOSED") return;
  throw new ProofError(result.code === "CHANNEL_FULL" ? "PROOF_CHANNEL_FULL" : "PROOF_CHANNEL_UNKNOWN", channelId);
}

function metadataOf(commandId: string, txid: string, nowMs: number): CommandMetadata {
  return { commandId, nowMs, correlationId: txid, causationId: "proof-callback" };
}
