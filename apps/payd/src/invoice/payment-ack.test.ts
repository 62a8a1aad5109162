import { ackOutcome, parseBody } from "@p4/protocol";
import { describe, expect, test } from "vitest";
import { txid } from "../test-support/invoices.ts";
import { buildPaymentAck, refusePayment } from "./payment-ack.ts";
import { paymentRefusals, type PaymentRefusalCode } from "./payment-refusals.ts";

const accepted = { accepted: true, txid } as const;
const large = "00".repeat(10_000);

describe("payment.ack", () => {
  test("of an accepted payment returns it, with members that PayD's customers may dereference", () => {
    const payment = { rawTx: "0100", merchantData: { extendedData: { paymentReference: "invoice1" } } };
    const body = buildPaymentAck("invoice1", payment, accepted);
    expect(body).toMatchObject({
      payment,
      tx_id: txid,
      peer_channel: { host: "", path: "", channel_id: "", token: "" },
    });
    expect(ackOutcome(JSON.stringify(body)).accepted).toBe(true);
    expect(parseBody("payment.ack", JSON.stringify(body))).toMatchObject({ ok: true });
  });

  test.each(Object.keys(paymentRefusals) as PaymentRefusalCode[])("of %s refuses with its number and memo", (code) => {
    const body = buildPaymentAck("invoice1", null, refusePayment(txid, code, "because"));
    expect(body).toMatchObject({ payment: null, error: paymentRefusals[code].error });
    expect(ackOutcome(JSON.stringify(body))).toEqual({
      accepted: false,
      memo: `${paymentRefusals[code].memo}: because`,
    });
  });

  test("has a number of its own for each refusal, never 0", () => {
    const numbers = Object.values(paymentRefusals).map(({ error }) => error);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.min(...numbers)).toBeGreaterThan(0);
  });

  test("leaves the ancestors out when they would make the frame too long for PayD", () => {
    const dpp = buildPaymentAck("invoice1", { rawTx: "0100", ancestry: large, memo: "tea" }, accepted);
    expect(dpp).toMatchObject({ payment: { rawTx: "0100", memo: "tea" } });
    expect(JSON.stringify(dpp).length).toBeLessThan(10_000);
    const p4 = buildPaymentAck("invoice1", { rawTx: "0100", spvEnvelope: { txid, rawTx: large } }, accepted);
    expect(p4).toMatchObject({ payment: { rawTx: "0100", spvEnvelope: { txid } } });
    expect(JSON.stringify(p4).length).toBeLessThan(10_000);
  });
});
