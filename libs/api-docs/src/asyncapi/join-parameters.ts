import type { JsonSchema } from "../json-schema.ts";

export interface JoinParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** What a wallet says when it joins, in the query of the URL. */
export const joinParameters: readonly JoinParameter[] = [
  {
    name: "internal",
    description:
      "Exactly `true`: the merchant, as deployed wallets say it. Without a dialect it means dpp, and until the peer has " +
      "shown which it knows, messages with a second name (paymentterms.*) carry both, unless the peer is Go's HTTP client.",
    schema: { type: "string" },
  },
  {
    name: "role",
    description: "The claimed role. Without one, the first message settles it.",
    schema: { type: "string", enum: ["merchant", "customer"] },
  },
  {
    name: "dialect",
    description: "The wrapper to speak; also as WebSocket subprotocol. Without one, the first frame shows it.",
    schema: { type: "string", enum: ["p4", "dpp"] },
  },
  {
    name: "since",
    description: "The last x-p4-sequence that the peer has seen: it hears what came after, instead of what is pending.",
    schema: { type: "string", pattern: "^\\d{1,15}$" },
  },
  {
    name: "receipts",
    description: "`true`: each stored message is confirmed to its sender by a receipt.",
    schema: { type: "string" },
  },
  {
    name: "token",
    description:
      "Where the join policy asks for one: a token for this channel and role. Also as Authorization: Bearer.",
    schema: { type: "string" },
  },
];
