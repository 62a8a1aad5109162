import { isEnded, type ChannelSnapshot } from "./channel.machine.ts";
import type {
  ChannelCommand,
  CommandMetadata,
  MinerCommand,
  RecordProof,
  ReportDoubleSpend,
  ReportRejection,
  RevokeProof,
} from "./commands.ts";
import type { ChannelContext } from "./context.ts";
import { accept, type Decision } from "./decision.ts";
import { refuseEnded } from "./refuse-ended.ts";
import type { RecordedProof } from "./events.ts";
import { overMinersShare } from "./limits.ts";
import { acceptedPayment, standingProofs, undoes, wasSubmitted } from "./proven.ts";

const minerCommands: ReadonlySet<ChannelCommand["type"]> = new Set<MinerCommand["type"]>([
  "RecordProof",
  "ReportDoubleSpend",
  "ReportRejection",
  "RevokeProof",
]);

export function isMinerCommand(command: ChannelCommand): command is MinerCommand {
  return minerCommands.has(command.type);
}

/**
 * What a miner says of a transaction. It belongs to the channel's record also after the end, for the transactions that
 * the channel has submitted.
 */
export function decideMinersNews(command: MinerCommand, snapshot: ChannelSnapshot): Decision {
  switch (command.type) {
    case "RecordProof":
      return decideProof(command, snapshot);
    case "ReportDoubleSpend":
      return decideDoubleSpend(command, snapshot);
    case "ReportRejection":
      return decideRejection(command, snapshot);
    case "RevokeProof":
      return decideRevocation(command, snapshot);
  }
}

function decideProof({ proof, metadata }: RecordProof, snapshot: ChannelSnapshot): Decision {
  const { context } = snapshot;
  const known = standingProofs(context).find(
    ({ data }) =>
      data.proof.txid === proof.txid &&
      data.proof.merkleRoot === proof.merkleRoot &&
      data.proof.blockHash === proof.blockHash &&
      (data.proof.status === "verified" || proof.status === "received"),
  );
  if (known !== undefined) return duplicateOf(known);
  const event = accept(saidAgain(metadata, proof.txid, context), "ProofRecorded", { proof });
  return provesPayment(proof, context) ? event : (notTaken(proof.txid, snapshot) ?? event);
}

function decideDoubleSpend({ doubleSpend, metadata }: ReportDoubleSpend, snapshot: ChannelSnapshot): Decision {
  const known = snapshot.context.doubleSpends.find(
    ({ data }) =>
      data.doubleSpend.txid === doubleSpend.txid &&
      data.doubleSpend.reason === doubleSpend.reason &&
      data.doubleSpend.competingTxids.join() === doubleSpend.competingTxids.join(),
  );
  if (known !== undefined) return duplicateOf(known);
  return notTaken(doubleSpend.txid, snapshot) ?? accept(metadata, "DoubleSpendReported", { doubleSpend });
}

/** Of a transaction that the channel has never seen it is no news. */
function decideRejection({ rejection, metadata }: ReportRejection, snapshot: ChannelSnapshot): Decision {
  const { txid, status, code, detail, competingTxids } = rejection;
  if (!wasSubmitted(txid, snapshot.context)) return { outcome: "unchanged" };
  const known = snapshot.context.rejections.find(
    ({ data: { rejection: other } }) =>
      other.txid === txid &&
      other.status === status &&
      other.code === code &&
      other.detail === detail &&
      other.competingTxids.join() === competingTxids.join(),
  );
  if (known !== undefined) return duplicateOf(known);
  return notTaken(txid, snapshot) ?? accept(metadata, "TransactionRejected", { rejection });
}

/** Where no proof stands in the blocks that left the chain, nothing is undone. */
function decideRevocation({ revocation, metadata }: RevokeProof, snapshot: ChannelSnapshot): Decision {
  const { context } = snapshot;
  const { txid } = revocation;
  if (!standingProofs(context).some(({ data }) => undoes(revocation, data.proof))) return { outcome: "unchanged" };
  return notTaken(txid, snapshot) ?? accept(saidAgain(metadata, txid, context), "ProofRevoked", { revocation });
}

/** A block may leave the chain, come back and leave again: the same fact is an event of its own each time. */
function saidAgain(metadata: CommandMetadata, txid: string, { revocations }: ChannelContext): CommandMetadata {
  const times = revocations.filter(({ data }) => data.revocation.txid === txid).length;
  return times === 0 ? metadata : { ...metadata, commandId: `${metadata.commandId}.${String(times)}` };
}

/** Null: there is room. News of a transaction that the channel has never seen is not its business beyond a few. */
function notTaken(txid: string, snapshot: ChannelSnapshot): Decision | null {
  const isSubmitted = wasSubmitted(txid, snapshot.context);
  if (isEnded(snapshot) && !isSubmitted) return refuseEnded(snapshot);
  const over = overMinersShare(isSubmitted, snapshot.context);
  return over === null || isSubmitted ? over : { outcome: "unchanged" };
}

/** The proof that an accepted payment waits for has room however full the channel is; one that may be made up has not. */
function provesPayment({ txid, status }: RecordedProof, context: ChannelContext): boolean {
  const isAwaited = acceptedPayment(context)?.data.txids.includes(txid) ?? false;
  if (!isAwaited) return false;
  const known = standingProofs(context).filter(({ data }) => data.proof.txid === txid);
  return known.length === 0 || (status === "verified" && !known.some(({ data }) => data.proof.status === "verified"));
}

function duplicateOf({ streamVersion }: { readonly streamVersion: number }): Decision {
  return { outcome: "duplicate", streamVersion, replies: [] };
}
