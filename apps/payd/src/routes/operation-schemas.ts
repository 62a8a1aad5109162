import type { JsonSchema } from "@p4/api-docs";
import { invoiceEventTypes } from "../invoice/invoice-event.ts";
import { invoiceStates, invoiceStatuses } from "../invoice/invoice.ts";

const text: JsonSchema = { type: "string" };
const textOrNull: JsonSchema = { type: ["string", "null"] };
const whole: JsonSchema = { type: "integer", minimum: 0 };
const time: JsonSchema = { type: "string", format: "date-time" };
const hash: JsonSchema = { type: "string", pattern: "^[0-9a-f]{64}$" };
const decimal: JsonSchema = { type: "string", pattern: "^[0-9]{1,15}([.][0-9]{1,8})?$" };
const currency: JsonSchema = { type: "string", pattern: "^[A-Z]{3}$" };
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const metadata: JsonSchema = {
  type: "object",
  maxProperties: 20,
  additionalProperties: { type: "string", maxLength: 500 },
};

function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

const outcome = {
  delivered: { type: "boolean" },
  status: { type: ["integer", "null"] },
  answer: text,
  error: textOrNull,
  tookMs: whole,
};

/** What is said over payd's HTTP interface. */
export const paydSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: {
    ...object({ status: { type: "integer" }, code: text, title: text, detail: text }, ["detail"]),
    description: "RFC 9457, with a stable code. The detail names the member or parameter and the rule.",
  },
  InvoiceOrder: {
    ...object(
      {
        satoshis: { type: "integer", minimum: 1 },
        amount: { ...decimal, description: "In the place of satoshis, with currency." },
        currency,
        memo: { type: ["string", "null"], maxLength: 1_000 },
        orderId: { type: ["string", "null"], minLength: 1, maxLength: 128 },
        metadata,
        expiresIn: {
          anyOf: [{ type: "integer" }, text],
          description: 'Seconds, or a text with its unit such as "15m".',
        },
      },
      ["satoshis", "amount", "currency", "memo", "orderId", "metadata", "expiresIn"],
    ),
    oneOf: [{ required: ["satoshis"] }, { required: ["amount", "currency"] }],
  },
  Invoice: object(
    {
      id: text,
      satoshis: whole,
      price: {
        anyOf: [
          { type: "null" },
          object({
            currency,
            amount: decimal,
            rate: { ...decimal, description: "Units of the currency for one BSV." },
            rateAt: {
              type: ["string", "null"],
              format: "date-time",
              description: "As of when; null: the rate is fixed.",
            },
          }),
        ],
        description: "What was asked for in a currency; satoshis came of it, rounded up.",
      },
      memo: textOrNull,
      state: { enum: invoiceStates },
      status: {
        enum: invoiceStatuses,
        description: "The state; of one that is pending, whether it can still be paid.",
      },
      expired: { type: "boolean" },
      channel: { enum: ["none", "joined", "expired", "closed", "ended"] },
      createdAt: time,
      expiresAt: time,
      cancelledAt: time,
      paymentUrl: text,
      checkoutUrl: text,
      uri: { ...text, description: "What the QR code holds." },
      outputs: list(object({ satoshis: whole, script: text })),
      payment: { anyOf: [{ type: "null" }, object({ txid: hash, satoshis: whole, receivedAt: time })] },
      proofs: list({ type: "object" }),
      doubleSpends: list({ type: "object" }),
      rejections: list({ type: "object" }),
      orderId: textOrNull,
      metadata,
      refunds: list(object({ id: text, txid: hash, satoshis: whole, feeSatoshis: whole, at: time })),
    },
    ["cancelledAt"],
  ),
  RefundOrder: object(
    { satoshis: { type: "integer", minimum: 1 }, address: text, reason: { type: ["string", "null"], maxLength: 500 } },
    ["satoshis", "address", "reason"],
  ),
  SweepOrder: object({ address: text }),
  Payout: object({
    id: text,
    kind: { enum: ["refund", "sweep"] },
    invoiceId: textOrNull,
    state: { enum: ["signed", "broadcast", "refused"] },
    satoshis: whole,
    feeSatoshis: whole,
    script: text,
    reason: textOrNull,
    txid: hash,
    rawTx: text,
    createdAt: time,
  }),
  Balance: object({ satoshis: whole, provedSatoshis: whole, coins: whole }),
  WebhookOrder: object({ url: text, events: list({ enum: invoiceEventTypes }) }, ["events"]),
  Webhook: object({ id: text, url: text, events: list({ enum: invoiceEventTypes }), createdAt: time, secret: text }, [
    "secret",
  ]),
  Outcome: object(outcome),
  Attempt: object({
    event: text,
    type: textOrNull,
    attempt: { ...whole, description: "0: sent by hand." },
    at: time,
    ...outcome,
    nextAttemptAt: { type: ["string", "null"], format: "date-time" },
    body: textOrNull,
  }),
};
