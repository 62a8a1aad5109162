import type { CallbackFact } from "./callback-fact.ts";
import { confirmedProofs } from "./confirmed-proofs.ts";
import { doubleSpendId, rejectionId } from "./fact-id.ts";
import { isRevoked } from "./proof-document.ts";
import { recordProof } from "./record-proof.ts";
import { recordRevocation } from "./record-revocation.ts";
import { metadataOf, note, noteOnChannel, noticeOf, submit, type RecordServices } from "./record-services.ts";

/**
 * Stores one fact on the channel and in the transaction's record.
 *
 * @throws SpvError, ProofError, StoreError.
 */
export async function recordFact(channelId: string, fact: CallbackFact, services: RecordServices): Promise<void> {
  switch (fact.kind) {
    case "proof":
      await recordProof(channelId, fact, services);
      return;
    case "double-spend":
      return recordDoubleSpend(channelId, fact, services);
    case "rejection":
      return recordRejection(channelId, fact, services);
    case "revocation":
      return recordRevocation(channelId, fact, services);
    case "status":
      return noteOnChannel(fact.txid, noticeOf(channelId, fact.said, services), services);
  }
}

type FactOf<Kind extends CallbackFact["kind"]> = Extract<CallbackFact, { kind: Kind }>;

async function recordDoubleSpend(
  channelId: string,
  { doubleSpend, said }: FactOf<"double-spend">,
  services: RecordServices,
): Promise<void> {
  const { txid } = doubleSpend;
  const metadata = metadataOf(txid, doubleSpendId(doubleSpend, services.rules.crypto), services);
  const channel = await submit(channelId, { type: "ReportDoubleSpend", doubleSpend, metadata }, services);
  await note(txid, noticeOf(channelId, said, services), channel, services);
}

/** What is in the chain cannot be rejected, and nothing of this is signed: the header source is asked first. */
async function recordRejection(
  channelId: string,
  { rejection, said }: FactOf<"rejection">,
  services: RecordServices,
): Promise<void> {
  const { txid } = rejection;
  const document = await services.store.read(txid);
  const standing = document?.proofs.filter((proof) => !isRevoked(proof, document)) ?? [];
  const confirmed = await confirmedProofs(standing, services.rules.headers);
  if (confirmed.length > 0) {
    return noteOnChannel(txid, noticeOf(channelId, said, services, { believed: false }), services);
  }
  const metadata = metadataOf(txid, rejectionId(rejection, services.rules.crypto), services);
  const channel = await submit(channelId, { type: "ReportRejection", rejection, metadata }, services);
  await note(txid, noticeOf(channelId, said, services, { believed: true }), channel, services);
}
