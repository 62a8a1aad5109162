import { acceptedPayment, standingProofs, stateName, type ChannelErrorCode, type ChannelSnapshot } from "@p4/channel";
import type { HttpResponse } from "@p4/http";
import { refusal } from "./bridge-problems.ts";

/**
 * The refusal of a channel that takes no payment any more, with what became of the one that it had: a payer without a
 * socket learns from it that the transaction was mined, also when the proof or the channel's end came first.
 */
export function refusalWithPayment(code: ChannelErrorCode, detail: string, snapshot: ChannelSnapshot): HttpResponse {
  const response = refusal(code, detail);
  const record = paymentRecord(snapshot);
  if (record === null) return response;
  return { ...response, body: JSON.stringify({ ...(JSON.parse(response.body as string) as object), payment: record }) };
}

/** The accepted payment, or else the last one. Null: none was made. */
function paymentRecord(snapshot: ChannelSnapshot) {
  const { context } = snapshot;
  const accepted = acceptedPayment(context);
  const payment = accepted ?? context.attempts.at(-1)?.payment;
  if (payment === undefined) return null;
  const { txids } = payment.data;
  const proofs = standingProofs(context).filter(({ data }) => txids.includes(data.proof.txid));
  return {
    state: stateName(snapshot),
    accepted: accepted !== undefined,
    txids,
    proofs: proofs.map(({ data: { proof } }) => JSON.parse(proof.bodyText) as unknown),
  };
}
