import type { JsonSchema } from "../json-schema.ts";

const text: JsonSchema = { type: "string" };
const time: JsonSchema = { type: "string", format: "date-time" };
const hash: JsonSchema = { type: "string", pattern: "^[0-9a-f]{64}$" };
const hashOrNull: JsonSchema = { anyOf: [{ type: "null" }, hash] };

function object(properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

/** What is said over HTTP and never on a socket. Kept true by the test that compares them with a server's answers. */
export const httpSchemas: Readonly<Record<string, JsonSchema>> = {
  Problem: {
    ...object({ status: { type: "integer" }, code: text, title: text, detail: text, payment: { type: "object" } }, [
      "detail",
      "payment",
    ]),
    description:
      "RFC 9457, with a stable code. The detail names the field and the rule. Where a channel takes no payment any more, `payment` tells what became of the one it had.",
  },
  PaymentProblem: {
    ...object({
      status: { type: "integer" },
      code: text,
      title: text,
      detail: text,
      payment: object({
        state: { ...text, description: "The channel's state." },
        accepted: { type: "boolean" },
        txids: { type: "array", items: hash, description: "The payment's transactions." },
        proofs: {
          type: "array",
          description: "The proofs of them that stand.",
          items: { $ref: "#/components/schemas/JsonEnvelope" },
        },
      }),
    }),
    description: "A problem of a channel that takes no payment any more, with what became of the one that it had.",
  },
  FieldErrors: {
    ...object({ errors: { type: "object", minProperties: 1, additionalProperties: { type: "array", items: text } } }),
    description: "What the deployed proxy says of a request that it cannot use: texts by field.",
  },
  PendingAnswer: {
    ...object({ status: { const: "pending" }, key: text, messageId: text, location: text }),
    description: "The message is stored; the merchant has not answered yet. The answer will be at the location.",
  },
  Alive: object({ alive: { const: true } }),
  Readiness: {
    ...object({
      version: text,
      ready: { type: "boolean" },
      checks: {
        type: "object",
        additionalProperties: object({ ok: { type: "boolean" }, detail: text, facts: { type: "object" } }, [
          "detail",
          "facts",
        ]),
      },
    }),
    description: "Whether this node takes traffic, and each condition of that by name.",
  },
  ProofState: {
    type: "string",
    enum: ["received", "verified", "superseded"],
    description:
      "received: the branch is right. verified: its block is known too. superseded: a later proof took its place, or its block left the chain.",
  },
  ProofDocument: {
    ...object({
      txid: hash,
      state: { anyOf: [{ type: "null" }, { $ref: "#/components/schemas/ProofState" }] },
      proofs: {
        type: "array",
        description: "Oldest first.",
        items: object(
          {
            state: { $ref: "#/components/schemas/ProofState" },
            blockHash: hashOrNull,
            blockHeight: { type: ["integer", "null"] },
            merkleRoot: hash,
            source: { type: "string", enum: ["mapi", "arc"] },
            recordedAt: time,
            revokedAt: { ...time, description: "When its block was said to have left the chain." },
            envelope: { $ref: "#/components/schemas/JsonEnvelope" },
          },
          ["revokedAt"],
        ),
      },
      notices: {
        type: "array",
        description: "The statuses that miners told, such as MINED without a path.",
        items: object(
          {
            status: text,
            blockHash: hashOrNull,
            blockHeight: { type: ["integer", "null"] },
            code: { type: ["integer", "null"], description: "ARC's number for a rejection's reason." },
            detail: { type: "string", description: "The miner's words." },
            timestamp: { type: ["string", "null"], description: "The callback's own time, as sent." },
            believed: {
              type: "boolean",
              description: "Of news that undo something: false when a header source knew better.",
            },
            recordedAt: time,
          },
          ["blockHeight", "code", "detail", "timestamp", "believed"],
        ),
      },
    }),
    description: "What is known of a transaction's proofs. Nothing in it is overwritten.",
  },
  ArcCallback: {
    type: "object",
    properties: {
      txid: hash,
      txStatus: text,
      timestamp: text,
      merklePath: { type: ["string", "null"], description: "A BUMP in hexadecimal." },
      blockHash: { type: ["string", "null"] },
      blockHeight: { type: ["integer", "null"] },
      competingTxs: { type: ["array", "null"], items: text },
      extraInfo: { type: ["string", "null"] },
      status: { type: "integer", description: "ARC's number for a rejection's reason, such as 466." },
      orphanedProofs: {
        type: "array",
        description: "Arcade: blocks off the chain that the transaction was in.",
        items: { type: "object", properties: { blockHash: text } },
      },
    },
    required: ["txid", "txStatus"],
    description: "Other members may stand beside these; an optional one may be null or empty.",
  },
  RefusedEntries: {
    ...object({ refused: { type: "array", items: object({ index: { type: "integer" }, code: text, detail: text }) } }),
    description: "The entries of a batch that stay wrong however often they are sent. All others are stored.",
  },
  ArcBatch: {
    type: "object",
    properties: {
      count: { type: "integer" },
      callbacks: { type: "array", items: { $ref: "#/components/schemas/ArcCallback" } },
    },
    required: ["callbacks"],
  },
};
