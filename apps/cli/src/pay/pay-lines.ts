import type { Terminal } from "../terminal.ts";
import type { CheckedProof } from "./check-proof.ts";
import type { PaymentOutcome, PayStep, Rejection } from "./pay-with-funding.ts";

/** One line of progress for people. */
export function payLine(step: PayStep, { style }: Pick<Terminal, "style">): string {
  const done = (text: string): string => `${style("green", "✓", "err")} ${text}`;
  const note = (text: string): string => `${style("yellow", "!", "err")} ${text}`;
  switch (step.step) {
    case "joined":
      return done(joinedLine(step));
    case "merchantAbsent":
      return note(`no merchant has joined ${step.channelId}: waiting for one (is that the invoice's id?)`);
    case "terms":
      return done(`asked to pay ${step.satoshis} satoshis${step.memo === null ? "" : `: ${step.memo}`}`);
    case "signed":
      return done(`signed ${step.txid} (fee ${step.feeSatoshis} satoshis)`);
    case "resumed":
      return note(`an earlier payment has no answer yet: sending ${step.txid} again`);
    case "acknowledged": {
      const words = `by the merchant${step.memo ? `: ${step.memo}` : ""}`;
      return step.accepted ? done(`accepted ${words}`) : note(`refused ${words}`);
    }
    case "rejected":
      return note(`a miner rejects the transaction: ${rejectionText(step.rejection)}`);
    case "proofRevoked":
      return note("the block of an earlier proof has left the chain; the transaction waits for another");
    case "proofRefused":
      return note(`a proof came that does not hold: ${step.reason}`);
    case "proved":
      return done(provedLine(step.proof));
    case "disconnected":
      return note(`no connection, trying again in ${step.retryInMs} ms`);
  }
}

function joinedLine({ channelId, channelState }: Extract<PayStep, { step: "joined" }>): string {
  return `joined ${channelId}${channelState === null ? "" : ` (${channelState})`}`;
}

function rejectionText({ status, code }: Rejection): string {
  return code === null ? status : `${status} (${String(code)})`;
}

const headerWords = {
  confirmed: "; its header is confirmed",
  unknown: "; its header is not known",
  "not asked": "",
} as const;

function provedLine({ blockHeight, merkleRoot, header }: CheckedProof): string {
  const block = blockHeight === null ? "a block" : `block ${blockHeight}`;
  return `proved in ${block}, Merkle root ${merkleRoot}${headerWords[header]}`;
}

/** The result for people. */
export function summary(outcome: PaymentOutcome, proofWanted: boolean): string {
  const { accepted, satoshis, channelId, txid, proof, rejection } = outcome;
  if (!accepted) return `not paid: the merchant of ${channelId} refused ${txid}`;
  const missing = rejection === null ? "no proof came in time" : `a miner rejects it: ${rejectionText(rejection)}`;
  const isWanted = proofWanted || rejection !== null;
  const proved = proof === null ? (isWanted ? `, but ${missing}` : "") : ", proved";
  return `paid ${satoshis} satoshis on ${channelId} with ${txid}${proved}`;
}
