import type { RecordedProof } from "@p4/channel";
import { acceptedTxidsOf } from "./accepted-txids.ts";
import type { SpvCrypto } from "@p4/spv";
import { failed, notProved, proved, type CheckPlace, type EvidenceCheck } from "../report.ts";
import type { BlockIndex } from "./check-blocks.ts";
import { readDoubleSpend, saysRejected, saysRevoked } from "./read-miners-news.ts";
import { readProof, type ReadProof } from "./read-proof.ts";
import { checkEach, eventsOf, type RecordedEvent } from "./recorded-event.ts";

/** Verifies each recorded Merkle proof and double-spend notice again, from the bytes that the miner sent. */
export function checkProofs(
  events: readonly RecordedEvent[],
  blocks: BlockIndex,
  crypto: SpvCrypto,
): readonly EvidenceCheck[] {
  const accepted = acceptedTxidsOf(events);
  const proofs = eventsOf(events, "ProofRecorded");
  const notices = eventsOf(events, "DoubleSpendReported");
  return [
    ...checkEach("PROOF", proofs, (recorded) => checkProof(recorded, accepted, blocks, crypto)),
    ...checkEach("DOUBLE_SPEND", notices, (recorded) => [checkNotice(recorded, crypto)]),
    ...checkUndoing(events, crypto),
    ...accepted
      .filter((txid) => !proofs.some(({ event }) => event.data.proof.txid === txid))
      .map((txid) =>
        notProved(
          "PROOF",
          `No Merkle proof of the accepted transaction ${txid} is recorded: that it was mined is not proved.`,
        ),
      ),
  ];
}

/** Miners sign none of this: it is told as an unsigned claim, and the proofs that it undoes are named. */
function checkUndoing(events: readonly RecordedEvent[], crypto: SpvCrypto): readonly EvidenceCheck[] {
  const rejected = checkEach("PROOF", eventsOf(events, "TransactionRejected"), (recorded) => {
    const { rejection } = recorded.event.data;
    const { txid, status, code } = rejection;
    if (!saysRejected(rejection, crypto)) return [notWhatIsRecorded(recorded)];
    const word = `${status}${code === null ? "" : ` ${String(code)}`}`;
    const statement = `A callback says that the transaction ${txid} will not be mined (${word}); no signature proves who said so.`;
    return [notProved("PROOF", statement, recorded)];
  });
  const revoked = checkEach("PROOF", eventsOf(events, "ProofRevoked"), (recorded) => {
    const { revocation } = recorded.event.data;
    const { txid, status } = revocation;
    if (!saysRevoked(revocation, crypto)) return [notWhatIsRecorded(recorded)];
    const statement = `A callback says that the block which proved the transaction ${txid} has left the chain (${status}): what was recorded before as its proof in that block no longer proves that it is mined.`;
    return [notProved("PROOF", statement, recorded)];
  });
  return [...rejected, ...revoked];
}

function notWhatIsRecorded(place: CheckPlace): EvidenceCheck {
  return failed("PROOF", "The callback does not say what the event records.", place);
}

function checkProof(
  recorded: RecordedEvent<"ProofRecorded">,
  accepted: readonly string[],
  blocks: BlockIndex,
  crypto: SpvCrypto,
): readonly EvidenceCheck[] {
  const { proof } = recorded.event.data;
  const received = readProof(proof.raw, proof, crypto);
  if (received === null) return [failed("PROOF", `The callback holds no proof of ${proof.txid}.`, recorded)];
  const passedOn = readProof(proof.bodyText, proof, crypto);
  if (passedOn?.claim.merkleRoot !== received.claim.merkleRoot) {
    return [failed("PROOF", "What was passed on to the wallets is not the proof that was received.", recorded)];
  }
  const fault = faultOf(received, proof);
  if (fault !== null) return [failed("PROOF", fault, recorded)];
  const whose = accepted.includes(proof.txid) ? "the accepted payment's transaction" : "the transaction";
  const statement = `${signerText(received)} The Merkle path leads from ${whose} ${proof.txid} to the root ${proof.merkleRoot}.`;
  return [proved("PROOF", statement, recorded), blocks.checkBlockOf(proof, received.proven.header, recorded)];
}

function faultOf({ claim }: ReadProof, proof: RecordedProof): string | null {
  if (claim.merkleRoot !== proof.merkleRoot)
    return `The path leads to the root ${claim.merkleRoot}, not to the recorded one.`;
  // What the callback leaves open, the server may have learned from its headers.
  if (claim.blockHash !== undefined && claim.blockHash !== proof.blockHash)
    return `The proof is for the block ${claim.blockHash}.`;
  if (claim.blockHeight !== undefined && proof.blockHash === null && claim.blockHeight !== proof.blockHeight) {
    return `The proof is for the height ${claim.blockHeight}.`;
  }
  return null;
}

function checkNotice(recorded: RecordedEvent<"DoubleSpendReported">, crypto: SpvCrypto): EvidenceCheck {
  const { doubleSpend } = recorded.event.data;
  const read = readDoubleSpend(doubleSpend, crypto);
  if (read?.reason !== doubleSpend.reason || !isSameSet(read.competingTxids, doubleSpend.competingTxids)) {
    return failed("DOUBLE_SPEND", "The callback is not the notice that the event records.", recorded);
  }
  const rivals = doubleSpend.competingTxids.join(", ") || "a transaction without its id";
  const statement = `A miner's notice names ${rivals} as spending the same output as ${doubleSpend.txid}.`;
  return proved("DOUBLE_SPEND", `${signerText(read)} ${statement}`, recorded);
}

/** The server may have put them in an order of its own. */
function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const set = new Set(right);
  return new Set(left).size === set.size && left.every((txid) => set.has(txid));
}

function signerText({ signer }: { readonly signer: string | null }): string {
  return signer === null
    ? "The callback carries no signature: who sent it is not proved."
    : `The key ${signer} signed the callback; that it is a miner's is not proved here.`;
}
