import { exampleBodies } from "../example-bodies.ts";
import { jsonContent, problemResponse } from "./operation.ts";
import type { OperationDescription, ParameterDescription, ResponseDescription } from "./operation.ts";

const txid: ParameterDescription = {
  name: "txid",
  in: "path",
  description: "The transaction, 64 hexadecimal digits.",
  schema: { type: "string", pattern: "^[0-9a-fA-F]{64}$" },
};
const channel: ParameterDescription = {
  name: "i",
  in: "query",
  description: "The invoice, which is the channel.",
  schema: { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" },
  required: true,
};
const token: ParameterDescription = {
  name: "Authorization",
  in: "header",
  description: "The callback token, where the node is configured with one: bare, as mAPI sends it, or Bearer.",
  schema: { type: "string" },
};

const received: Readonly<Record<number, ResponseDescription>> = {
  201: {
    description: "Stored. Without a body, unless entries of a batch were refused.",
    content: jsonContent("RefusedEntries"),
  },
  400: problemResponse("The callback is wrong: its envelope, signature, proof or transaction."),
  401: problemResponse("The callback token is not the right one."),
  404: problemResponse("This channel was never opened."),
  409: problemResponse("The channel holds as much as it may."),
  413: problemResponse("The body is too large."),
  429: problemResponse("The address adds too many bytes a second.", { "retry-after": "Seconds to wait." }),
  415: problemResponse("Encrypted callbacks are not supported."),
  500: problemResponse("Something failed."),
  503: problemResponse("The log, or a block header that the policy requires, cannot be had now.", {
    "retry-after": "Seconds to wait.",
  }),
};

function under(prefix: string): readonly OperationDescription[] {
  return [
    {
      method: "POST",
      path: `${prefix}/proofs/:txid`,
      tag: "Proofs",
      summary: "A miner's callback: a TSC proof in a JSON envelope, a double spend, or ARC's status with a BUMP.",
      parameters: [txid, channel, token],
      requestBody: {
        description: "mAPI's signed envelope, or ARC's callback.",
        schemas: ["JsonEnvelope", "ArcCallback", "ArcBatch"],
        example: exampleBodies.proof,
      },
      responses: received,
    },
    {
      method: "GET",
      path: `${prefix}/proofs/:txid`,
      tag: "Proofs",
      summary: "All proofs of a transaction, each with its state.",
      parameters: [txid],
      responses: {
        200: { description: "What is known.", content: jsonContent("ProofDocument") },
        400: problemResponse("This is no transaction id."),
        404: problemResponse("There is no proof of this transaction."),
        500: problemResponse("Something failed."),
        503: received[503]!,
      },
    },
    {
      method: "POST",
      path: `${prefix}/callbacks`,
      tag: "Proofs",
      summary: "ARC's callbacks, alone or in batches; each names its transaction.",
      parameters: [channel, token],
      requestBody: {
        description: "One callback, or a batch. Wrong entries of a batch do not hold back the right ones.",
        schemas: ["ArcCallback", "ArcBatch"],
        example: { txid: "ab".repeat(32), txStatus: "SEEN_ON_NETWORK", timestamp: "2026-01-15T10:00:00Z" },
      },
      responses: received,
    },
  ];
}

export const proofOperations: readonly OperationDescription[] = [...under(""), ...under("/api/v1")];
