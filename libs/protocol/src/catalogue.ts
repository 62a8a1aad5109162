import type { Sender } from "./message.ts";

/** What the protocol says about one message key. */
export interface MessageSpec {
  readonly key: string;
  readonly from: readonly Sender[];
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
    body: "none",
    summary: "Tells a connection that it has joined the channel.",
  },
  {
    key: "paymentrequest.create",
    from: ["customer"],
    body: "none",
    summary: "Asks the merchant for a payment request.",
  },
  {
    key: "paymentrequest.response",
    from: ["merchant"],
    body: "paymentRequest",
    summary: "The payment request: destinations, fees, expiry.",
  },
  {
    key: "paymentrequest.error",
    from: ["merchant"],
    body: "clientError",
    summary: "The merchant could not build a payment request.",
  },
  {
    key: "payment",
    from: ["customer"],
    body: "payment",
    summary: "The signed payment with its ancestry.",
  },
  {
    key: "payment.ack",
    from: ["merchant"],
    body: "paymentAck",
    summary: "Success or failure of the payment, after validation and broadcast.",
  },
  {
    key: "payment.error",
    from: ["merchant"],
    body: "clientError",
    summary: "The merchant could not process the payment.",
  },
  {
    key: "channel.close",
    from: ["merchant"],
    body: "none",
    summary:
      "Ends the channel, unless a payment waits for its answer: everyone hears channel.closed, and the sockets close.",
  },
  {
    key: "proof.create",
    from: ["server"],
    body: "proof",
    summary: "A Merkle proof callback in its JSON envelope.",
  },
  {
    key: "doublespend.notify",
    from: ["server"],
    body: "doubleSpend",
    summary: "A double spend callback in its JSON envelope; goes to the merchant.",
  },
  {
    key: "transaction.rejected",
    from: ["server"],
    body: "rejection",
    summary: "A miner will not mine a transaction of the payment: its callback in a JSON envelope.",
  },
  {
    key: "proof.revoked",
    from: ["server"],
    body: "revocation",
    summary:
      "The block of a proof has left the chain; the transaction waits for another. A callback in a JSON envelope.",
  },
  {
    key: "invoice.paid",
    from: ["server"],
    body: "none",
    summary: "Another customer's payment was accepted. Whose, and what the merchant answered, is between those two.",
  },
  {
    key: "channel.expired",
    from: ["server"],
    body: "none",
    summary: "The channel's time is over; the socket closes next.",
  },
  {
    key: "channel.closed",
    from: ["server"],
    body: "none",
    summary: "The merchant ended the channel; the socket closes next.",
  },
  {
    key: "receipt",
    from: ["server"],
    body: "none",
    summary: "Confirms that a message is stored, to a sender that asked for receipts; correlationID is its messageId.",
  },
  {
    key: "error",
    from: ["server"],
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
