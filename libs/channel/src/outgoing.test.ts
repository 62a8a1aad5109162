import { describe, expect, it } from "vitest";
import { stateName } from "./channel.machine.ts";
import { deliveryOf, hears, outgoingMessage, pendingFor, type OutgoingMessage } from "./outgoing.ts";
import { expire, given, join, merchant, otherTxid, recordProof, reportDoubleSpend, wallet, wayTo } from "./testing.ts";

function keysOf(messages: readonly OutgoingMessage[]): string[] {
  return messages.map((message) => (message.kind === "server" ? message.key : message.event.data.message.key));
}

describe("hears", () => {
  it("keeps one customer's messages from the others, and gives the roleless everything", () => {
    expect(hears("customer", "merchant")).toBe(false);
    expect(hears("merchant", "merchant")).toBe(true);
    expect(hears("merchant", "customers")).toBe(false);
    expect(hears("customer", "customers")).toBe(true);
    expect(hears(null, "merchant")).toBe(true);
    expect(hears("merchant", "everyone")).toBe(true);
  });
});

describe("deliveryOf", () => {
  it("sends a customer's message to the merchant, a merchant's to all others, the server's to everyone", () => {
    const { request } = given(...wayTo.awaitingTerms).context;
    const { terms } = given(...wayTo.awaitingPayment).context;
    const { proofs } = given(...wayTo.settled).context;
    expect(deliveryOf(request!)).toMatchObject({ audience: "merchant", exceptConnectionId: "c1" });
    expect(deliveryOf(terms!)).toMatchObject({ audience: "everyone", exceptConnectionId: "m1" });
    expect(deliveryOf(proofs[0]!)).toMatchObject({
      audience: "everyone",
      exceptConnectionId: null,
      message: { key: "proof.create", correlationId: proofs[0]!.data.proof.txid },
    });
  });

  it("tells the merchant alone of a double spend, and nobody of a join", () => {
    const { doubleSpends } = given(...wayTo.awaitingAck, reportDoubleSpend(otherTxid)).context;
    expect(deliveryOf(doubleSpends[0]!)).toMatchObject({ audience: "merchant" });
    expect(outgoingMessage({ type: "DeadlineExtended" } as never)).toBeNull();
  });
});

describe("pendingFor", () => {
  it.each([
    ["awaitingPaymentRequest", [], []],
    ["awaitingTerms", ["paymentrequest.create"], []],
    ["awaitingPayment", [], ["paymentrequest.response"]],
    ["awaitingAck", ["payment"], []],
    ["awaitingProof", [], ["payment.ack"]],
    ["settled", ["proof.create"], ["payment.ack", "proof.create"]],
  ] as const)("%s: merchant %j, customer %j", (state, forMerchant, forCustomer) => {
    const snapshot = given(...wayTo[state]);
    expect(stateName(snapshot)).toBe(state);
    expect(keysOf(pendingFor("merchant", snapshot))).toEqual(forMerchant);
    expect(keysOf(pendingFor("customer", snapshot))).toEqual(forCustomer);
    expect(keysOf(pendingFor(null, snapshot)).sort()).toEqual([...new Set([...forMerchant, ...forCustomer])].sort());
  });

  it("a refused payment leaves terms and refusal pending, in the order of the log", () => {
    const refused = given(join(merchant), wallet("OfferTerms"), wallet("SubmitPayment"), wallet("RefusePayment"));
    expect(keysOf(pendingFor("customer", refused))).toEqual(["paymentrequest.response", "payment.ack"]);
  });

  it("a merchant that comes back hears of double spends", () => {
    const told = given(...wayTo.awaitingAck, reportDoubleSpend(otherTxid), recordProof(otherTxid));
    expect(keysOf(pendingFor("merchant", told))).toEqual(["payment", "doublespend.notify", "proof.create"]);
  });

  it("an ended channel asks nobody for anything, and still has verdict and proofs", () => {
    const unanswered = given(...wayTo.awaitingAck, recordProof(otherTxid), expire());
    expect(keysOf(pendingFor("merchant", unanswered))).toEqual(["proof.create"]);
    const paid = given(...wayTo.settled, expire());
    expect(keysOf(pendingFor("customer", paid))).toEqual(["payment.ack", "proof.create"]);
  });
});
