import { describe, expect, it } from "vitest";
import { walletCommand } from "./wallet-command.ts";
import { customer, metadata } from "./testing.ts";

const facts = { txids: ["ab", "cd"], accepted: false, reason: "too little" };

function commandFor(key: string, changes: Partial<typeof facts> = {}) {
  const message = { key, dialect: "p4", raw: "{}", messageId: "m", correlationId: "" } as const;
  const context = { from: customer, metadata: metadata(), merchantIsAlive: true, facts: { ...facts, ...changes } };
  return walletCommand(message, context);
}

describe("walletCommand", () => {
  it.each([
    ["paymentrequest.create", "RequestTerms"],
    ["paymentrequest.response", "OfferTerms"],
    ["paymentrequest.error", "RefuseTerms"],
    ["payment", "SubmitPayment"],
    ["payment.error", "FailPayment"],
  ])("%s is %s, from its sender", (key, type) => {
    expect(commandFor(key)).toMatchObject({ type, from: customer, message: { key, messageId: "m" } });
  });

  it("a payment carries the transactions that were read out of it", () => {
    expect(commandFor("payment")).toMatchObject({ txids: ["ab", "cd"] });
  });

  it("an acknowledgement is a yes, or a no with its reason", () => {
    expect(commandFor("payment.ack", { accepted: true })).toMatchObject({ type: "AcceptPayment" });
    expect(commandFor("payment.ack")).toMatchObject({ type: "RefusePayment", reason: "too little" });
  });

  it.each(["join.success", "proof.create", "channel.expired", "error", "constructor", ""])(
    "%s is no wallet's message",
    (key) => {
      expect(commandFor(key)).toBeNull();
    },
  );
});
