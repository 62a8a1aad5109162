import type { ChannelContext } from "./context.ts";
import type { RecordedProof, RecordedRevocation } from "./events.ts";
import type { RememberedEvent, RememberedProof } from "./remembered-event.ts";

/** The payment that the merchant accepted; undefined before that. */
export function acceptedPayment(context: ChannelContext): RememberedEvent<"PaymentSubmitted"> | undefined {
  return context.attempts.find(({ verdict }) => verdict?.type === "PaymentAccepted")?.payment;
}

/** Whether the transaction came with one of the channel's payments, accepted or not. */
export function wasSubmitted(txid: string, { attempts }: ChannelContext): boolean {
  return attempts.some(({ payment }) => payment.data.txids.includes(txid));
}

/** The proofs whose block has not left the chain since. */
export function standingProofs({ proofs, revocations }: ChannelContext): readonly RememberedProof[] {
  return proofs.filter(
    (proof) =>
      !revocations.some(
        (later) => later.streamVersion > proof.streamVersion && undoes(later.data.revocation, proof.data.proof),
      ),
  );
}

/** A payment is proven when each of its transactions is; one without a transaction that we can read never is. */
export function isProven(context: ChannelContext): boolean {
  const txids = acceptedPayment(context)?.data.txids ?? [];
  if (txids.length === 0) return false;
  const settling = standingProofs(context).filter(({ data }) => data.proof.awaitsHeader !== true);
  const proven = new Set(settling.map(({ data }) => data.proof.txid));
  return txids.every((txid) => proven.has(txid));
}

/** A proof whose target was a Merkle root names no block: any block that leaves the chain may be its own. */
export function undoes(
  { txid, blockHashes }: Pick<RecordedRevocation, "txid" | "blockHashes">,
  proof: Pick<RecordedProof, "txid" | "blockHash">,
): boolean {
  if (txid !== proof.txid) return false;
  return blockHashes.length === 0 || proof.blockHash === null || blockHashes.includes(proof.blockHash);
}
