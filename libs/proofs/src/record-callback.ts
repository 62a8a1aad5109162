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
import { factId } from "./fact-id.ts";
import { addNotice, addProof, type ProofNotice } from "./proof-document.ts";
import type { ProofStore } from "./proof-store.ts";
import { readCallback, type UnjudgedFact } from "./read-callback.ts";

export interface ProofRules {
  readonly signaturePolicy: SignaturePolicy;
  readonly headerPolicy: HeaderPolicy;
  readonly headers: HeaderSource;
  readonly crypto: SpvCrypto;
}

export interface ProofServices {
  readonly registry: Pick<ChannelRegistry, "submit" | "read">;
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
      await submit(
        channelId,
        { type: "RecordProof", proof, metadata: metadataOf(fact, recordedAtMs, services) },
        services,
      );
      const { raw: _raw, txid, ...stored } = proof;
      await services.store.change(txid, (document) => addProof(document, { ...stored, channelId, recordedAtMs }));
      return;
    }
    case "double-spend": {
      const { doubleSpend } = fact;
      const metadata = metadataOf(fact, recordedAtMs, services);
      await submit(channelId, { type: "ReportDoubleSpend", doubleSpend, metadata }, services);
      return note(doubleSpend.txid, { status: doubleSpend.reason, blockHash: null, channelId, recordedAtMs }, services);
    }
    case "status": {
      // No event of the channel, but not a door to write about channels that never were either.
      const channel = await services.registry.read(channelId);
      if (channel.streamVersion === 0) throw new ProofError("PROOF_CHANNEL_UNKNOWN", channelId);
      const { txid, status, blockHash } = fact;
      return note(txid, { status, blockHash, channelId, recordedAtMs }, services);
    }
  }
}

async function note(txid: string, notice: ProofNotice, { store }: ProofServices): Promise<void> {
  await store.change(txid, (document) => addNotice(document, notice));
}

/** After a channel's end nobody listens, but a proof is still worth keeping: it goes to the transaction's record alone. */
async function submit(channelId: string, command: ChannelCommand, { registry }: ProofServices): Promise<void> {
  const result = await registry.submit(channelId, command);
  if (result.outcome !== "refused" || result.code === "CHANNEL_EXPIRED" || result.code === "CHANNEL_CLOSED") return;
  throw new ProofError(result.code === "CHANNEL_FULL" ? "PROOF_CHANNEL_FULL" : "PROOF_CHANNEL_UNKNOWN", channelId);
}

function metadataOf(
  fact: Exclude<CallbackFact, { kind: "status" }>,
  nowMs: number,
  { rules }: ProofServices,
): CommandMetadata {
  const { txid } = fact.kind === "proof" ? fact.proof : fact.doubleSpend;
  return { commandId: factId(fact, rules.crypto), nowMs, correlationId: txid, causationId: "proof-callback" };
}
