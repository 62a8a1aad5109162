import type { Sender } from "./message.ts";

/** What the protocol says about one message key. */
export interface MessageSpec {
  readonly key: string;
  readonly from: readonly Sender[];
  /** Whether the message means nothing without a body. A peer's matter: the deployed proxy relays it without, so do we. */
  readonly bodyRequired: boolean;
  readonly body: BodyKind;
  readonly summary: string;
}

export type BodyKind =
  | "none"
  | "paymentRequest"
  | "payment"
  | "paymentAck"
  | "clientError"
  | "proof"
  | "doubleSpend"
  | "rejection"
  | "revocation"
  | "error";

const specs = [
  {
    key: "join.success",
    from: ["server"],
    bodyRequired: false,
    body: "none",
    summary: "Tells a connection that it has joined the channel.",
  },
  {
    key: "paymentrequest.create",
    from: ["customer"],
    bodyRequired: false,
    body: "none",
    summary: "Asks the merchant for a payment request.",
  },
  {
    key: "paymentrequest.response",
    from: ["merchant"],
    bodyRequired: true,
    body: "paymentRequest",
    summary: "The payment request: destinations, fees, expiry.",
  },
  {
    key: "paymentrequest.error",
    from: ["merchant"],
    bodyRequired: false,
    body: "clientError",
    summary: "The merchant could not build a payment request.",
  },
  {
    key: "payment",
    from: ["customer"],
    bodyRequired: true,
    body: "payment",
    summary: "The signed payment with its ancestry.",
  },
  {
    key: "payment.ack",
    from: ["merchant"],
    bodyRequired: true,
    body: "paymentAck",
    summary: "Success or failure of the payment, after validation and broadcast.",
  },
  {
    key: "payment.error",
    from: ["merchant"],
    bodyRequired: false,
    body: "clientError",
    summary: "The merchant could not process the payment.",
  },
  {
    key: "channel.close",
    from: ["merchant"],
    bodyRequired: false,
    body: "none",
    summary:
      "Ends the channel, unless a payment waits for its answer: everyone hears channel.closed, and the sockets close.",
  },
  {
    key: "proof.create",
    from: ["server"],
    bodyRequired: true,
    body: "proof",
    summary: "A Merkle proof callback in its JSON envelope.",
  },
  {
    key: "doublespend.notify",
    from: ["server"],
    bodyRequired: true,
    body: "doubleSpend",
    summary: "A double spend callback in its JSON envelope; goes to the merchant.",
  },
  {
    key: "transaction.rejected",
    from: ["server"],
    bodyRequired: true,
    body: "rejection",
    summary: "A miner will not mine a transaction of the payment: its callback in a JSON envelope.",
  },
  {
    key: "proof.revoked",
    from: ["server"],
    bodyRequired: true,
    body: "revocation",
    summary:
      "The block of a proof has left the chain; the transaction waits for another. A callback in a JSON envelope.",
  },
  {
    key: "invoice.paid",
    from: ["server"],
    bodyRequired: false,
    body: "none",
    summary: "Another customer's payment was accepted. Whose, and what the merchant answered, is between those two.",
  },
  {
    key: "channel.expired",
    from: ["server"],
    bodyRequired: false,
    body: "none",
    summary: "The channel's time is over; the socket closes next.",
  },
  {
    key: "channel.closed",
    from: ["server"],
    bodyRequired: false,
    body: "none",
    summary: "The merchant ended the channel; the socket closes next.",
  },
  {
    key: "receipt",
    from: ["server"],
    bodyRequired: false,
    body: "none",
    summary: "Confirms that a message is stored, to a sender that asked for receipts; correlationID is its messageId.",
  },
  {
    key: "error",
    from: ["server"],
    bodyRequired: false,
    body: "error",
    summary: "Answers a message that was refused, to its sender alone.",
  },
] as const satisfies readonly MessageSpec[];

export type MessageKey = (typeof specs)[number]["key"];

/** The one table of messages. */
export const messageCatalogue: readonly MessageSpec[] = specs;

export const messageKeys: readonly MessageKey[] = specs.map((spec) => spec.key);

const specByKey = new Map<string, MessageSpec>(specs.map((spec) => [spec.key, spec]));

export function messageSpec(key: string): MessageSpec | undefined {
  return specByKey.get(key);
}

export function isMessageKey(key: string): key is MessageKey {
  return specByKey.has(key);
}
