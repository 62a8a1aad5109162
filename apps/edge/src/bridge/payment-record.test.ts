import type { ChannelCommand } from "@p4/channel";
import { expire, given, join, merchant, paymentTxid, recordProof, revokeProof, wallet } from "@p4/channel/testing";
import { describe, expect, it } from "vitest";
import { refusalWithPayment } from "./payment-record.ts";

function told(...steps: readonly ChannelCommand[]) {
  const { body } = refusalWithPayment("CHANNEL_EXPIRED", "since noon", given(join(merchant), ...steps));
  return JSON.parse(body as string) as { code: string; payment?: object };
}

const pay = wallet("SubmitPayment");
const accept = wallet("AcceptPayment");
const proof = recordProof(paymentTxid, { bodyText: '{"payload":"p"}' });
const txids = [paymentTxid];

describe("a channel that takes no payment any more", () => {
  it("says so, and nothing of a payment that there was not", () => {
    expect(told(expire())).toMatchObject({ code: "CHANNEL_EXPIRED" });
    expect(told(expire()).payment).toBeUndefined();
  });

  it("tells the accepted payment and its proof, also one that came after the end", () => {
    const payment = { state: "expired", accepted: true, txids, proofs: [{ payload: "p" }] };
    expect(told(pay, accept, proof, expire()).payment).toEqual(payment);
    expect(told(pay, accept, expire(), proof).payment).toEqual(payment);
  });

  it("tells a payer whose answer never came that the transaction was mined", () => {
    expect(told(pay, expire(), proof).payment).toMatchObject({ accepted: false, proofs: [{ payload: "p" }] });
  });

  it("does not tell a proof whose block has left the chain", () => {
    expect(told(pay, accept, proof, revokeProof(paymentTxid)).payment).toMatchObject({ proofs: [] });
  });
});
