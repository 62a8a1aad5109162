import { describe, expect, it } from "vitest";
import { stateName } from "./channel.machine.ts";
import { heardBy, pendingFor, roleListeners, type Listener } from "./heard-by.ts";
import type { OutgoingMessage } from "./outgoing.ts";
import type { KnownEvent } from "./remembered-event.ts";
import {
  customer,
  expire,
  given,
  join,
  merchant,
  otherTxid,
  recordProof,
  reportDoubleSpend,
  wallet,
  wayTo,
} from "./testing.ts";

function keyOf(message: OutgoingMessage): string {
  return message.kind === "server" ? message.key : message.event.data.message.key;
}

function keysOf(messages: readonly OutgoingMessage[]): string[] {
  return messages.map(keyOf);
}

const payer: Listener = { role: "customer", connectionId: customer.connectionId, repeated: new Set() };
const another: Listener = { role: "customer", connectionId: "c2", repeated: new Set() };
const unnamed: Listener = { role: null, connectionId: "u1", repeated: new Set() };
const seated: Listener = { role: "merchant", connectionId: merchant.connectionId, repeated: new Set() };
const listeners = { payer, another, unnamed, seated };

describe("heardBy", () => {
  const { context } = given(
    join(merchant),
    wallet("RequestTerms"),
    wallet("OfferTerms"),
    wallet("SubmitPayment", { txid: otherTxid }),
    wallet("RefusePayment"),
    wallet("SubmitPayment"),
    wallet("AcceptPayment"),
    recordProof(otherTxid),
    reportDoubleSpend(otherTxid),
  );
  const [refused, accepted] = context.attempts;
  const events: Record<string, KnownEvent> = {
    request: context.messages[0]!,
    terms: context.terms!,
    payment: refused!.payment,
    refusal: refused!.verdict!,
    ack: accepted!.verdict!,
    proof: context.proofs[0]!,
    doubleSpend: context.doubleSpends[0]!,
  };
  // Columns: payer, another customer, one without a role, the merchant.
  it.each([
    ["request", [null, null, null, "paymentrequest.create"]],
    ["terms", ["paymentrequest.response", "paymentrequest.response", "paymentrequest.response", null]],
    ["payment", [null, null, null, "payment"]],
    ["refusal", ["payment.ack", null, null, null]],
    ["ack", ["payment.ack", "invoice.paid", "invoice.paid", null]],
    ["proof", ["proof.create", "proof.create", "proof.create", "proof.create"]],
    ["doubleSpend", [null, null, null, "doublespend.notify"]],
  ] as const)("%s: payer, customer, without a role, merchant: %j", (name, expected) => {
    const heard = Object.values(listeners).map((listener) => heardBy(listener, events[name]!, context));
    expect(heard.map((message) => (message === null ? null : keyOf(message)))).toEqual(expected);
  });

  it("gives a second merchant's connection no echo of the first one's messages", () => {
    expect(heardBy({ ...seated, connectionId: "m2" }, events["terms"]!, context)).toBeNull();
  });

  it.each([
    ["has shown the same secret on another connection", { ...another, subject: "w1" }],
    ["has sent the payment again", { ...another, repeated: new Set([20]) }],
  ])("knows the payer again who %s", (_, listener) => {
    const { context } = given(
      join(merchant),
      wallet("SubmitPayment", { from: { ...customer, subject: "w1" } }),
      wallet("AcceptPayment"),
    );
    const ack = context.attempts[0]!.verdict!;
    expect(keyOf(heardBy(listener, ack, context)!)).toBe("payment.ack");
    expect(keyOf(heardBy({ ...another, subject: "w2" }, ack, context)!)).toBe("invoice.paid");
  });
});

describe("pendingFor", () => {
  it.each([
    ["awaitingTermsRequest", [], []],
    ["awaitingTerms", ["paymentrequest.create"], []],
    ["awaitingPayment", [], ["paymentrequest.response"]],
    ["awaitingAck", ["payment"], []],
    ["awaitingProof", [], ["payment.ack"]],
    ["settled", ["proof.create"], ["payment.ack", "proof.create"]],
  ] as const)("%s: merchant %j, customer %j", (state, forMerchant, forCustomer) => {
    const snapshot = given(...wayTo[state]);
    expect(stateName(snapshot)).toBe(state);
    expect(keysOf(pendingFor(roleListeners.merchant, snapshot))).toEqual(forMerchant);
    expect(keysOf(pendingFor(roleListeners.customer, snapshot))).toEqual(forCustomer);
    expect(pendingFor({ role: null, connectionId: null }, snapshot)).toEqual(
      pendingFor(roleListeners.customer, snapshot),
    );
  });

  it("a refused payment leaves terms and refusal pending, in the order of the log", () => {
    const refused = given(join(merchant), wallet("OfferTerms"), wallet("SubmitPayment"), wallet("RefusePayment"));
    expect(keysOf(pendingFor(roleListeners.customer, refused))).toEqual(["paymentrequest.response", "payment.ack"]);
  });

  it("a merchant that comes back hears of double spends", () => {
    const told = given(...wayTo.awaitingAck, reportDoubleSpend(otherTxid), recordProof(otherTxid));
    expect(keysOf(pendingFor(roleListeners.merchant, told))).toEqual(["payment", "doublespend.notify", "proof.create"]);
  });

  it("an ended channel has no open questions, and still has verdict and proofs", () => {
    const unanswered = given(...wayTo.awaitingAck, recordProof(otherTxid), expire());
    expect(keysOf(pendingFor(roleListeners.merchant, unanswered))).toEqual(["proof.create"]);
    const paid = given(...wayTo.settled, expire());
    expect(keysOf(pendingFor(roleListeners.customer, paid))).toEqual(["payment.ack", "proof.create"]);
  });
});
