import { warningHeader, type BodyKind } from "@p4/protocol";

/** A header of the wrapper, set by the server. */
export interface HeaderDescription {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  /** True: not on every message of the key. */
  readonly optional?: true;
}

const sequence: HeaderDescription = {
  name: "x-p4-sequence",
  description: "The message's place in the channel's log. Join with since=<it> to hear what came after.",
  example: "4",
};
const txid: HeaderDescription = {
  name: "X-Tx-Id",
  description: "The transaction, as 64 hexadecimal digits. Spelled as Go looks it up.",
  example: "ab".repeat(32),
};

const merchant: HeaderDescription = {
  name: "x-p4-merchant",
  description: "present, or absent: whether a merchant is connected, so far as this node knows.",
  example: "present",
};

const headersByKey: Readonly<Record<string, readonly HeaderDescription[]>> = {
  "join.success": [
    { name: "x-channel-expires", description: "When the channel ends, RFC 3339.", example: "2026-01-15T12:00:00Z" },
    { ...sequence, description: "The place in the channel's log that the peer joins at." },
    { name: "x-p4-state", description: "What the channel waits for, or its end.", example: "awaitingTermsRequest" },
    {
      name: "x-p4-role",
      description:
        "The granted role: merchant, customer or none yet. A merchant gets another join.success with its seat.",
      example: "customer",
    },
    merchant,
    {
      name: "x-p4-max-message-bytes",
      description: "The largest frame that a peer may send. A larger one closes its socket with 1009.",
      example: "1048576",
    },
    {
      name: "x-p4-history",
      description: "complete, or partial when the log does not have what since asked for.",
      example: "complete",
    },
  ],
  "proof.create": [
    sequence,
    txid,
    {
      name: "x-p4-proof",
      description:
        "verified: the block is known to the server's source of headers. received: it is not, and another proof.create " +
        "follows when it is.",
      example: "verified",
    },
  ],
  "doublespend.notify": [sequence],
  receipt: [
    sequence,
    { name: "x-p4-outcome", description: "stored, or duplicate.", example: "stored" },
    merchant,
    {
      name: warningHeader,
      description:
        "What the server did not recognise in the body, field and rule. The body was passed on all the same.",
      example: "body.rawtx: is spelled rawTx",
      optional: true,
    },
  ],
  error: [],
};

/** What the server puts into the wrapper's headers of a message; senders' own headers travel beside it. */
export function headersOf(key: string): readonly HeaderDescription[] {
  return headersByKey[key] ?? [sequence];
}

const bodySchemas: Readonly<Record<BodyKind, readonly string[]>> = {
  none: [],
  paymentRequest: ["DppPaymentRequest", "Bip270PaymentRequest", "Brc27PaymentTerms", "JsonEnvelope"],
  payment: ["DppPayment", "Bip270Payment", "Brc27Payment"],
  paymentAck: ["DppPaymentAck", "Bip270PaymentAck", "Brc27PaymentAck"],
  clientError: ["ClientError"],
  proof: ["JsonEnvelope"],
  doubleSpend: ["JsonEnvelope"],
  rejection: ["JsonEnvelope"],
  revocation: ["JsonEnvelope"],
  error: [],
};

/** The vocabularies that are understood in a body; others are passed on as they are. */
export function bodySchemaNames(kind: BodyKind): readonly string[] {
  return bodySchemas[kind];
}
