/**
 * Where our verdict differs from a vector's on purpose, or the vector is one of several right ones. Tests refer to
 * these by name; a difference that is not here is a defect.
 */
export const decisions = {
  "seed-example-as-printed":
    "accepted, but as `received`: the block of the document's example is not among the vectors' headers (decisions 1 and 2)",
  "double-spend-attempt": "201 and doublespend.notify to the merchant, never a proof (decision 5)",
  "wrapper-go-unknown-key": "not relayed, and not ignored in silence either: the sender gets an error message",
  "wrapper-go-reserved-key-join": "not relayed, and not ignored in silence either: the sender gets an error message",
  "wrapper-go-reserved-key-proof": "not relayed, and not ignored in silence either: the sender gets an error message",
  "wrapper-go-channel-missing": "relayed: without a channel id the joined channel is meant (docs/connect-a-wallet.md)",
  "wrapper-go-unknown-members": "relayed with its unknown members, which the Go library drops",
  "payment-merchant-data-missing":
    "accepted: go-dpp's merchantData is one vocabulary of several, and a payment names its invoice by its channel",
  "flow: echo": "the sender hears no echo of its own messages (architecture.md, roles)",
  "flow: server frames":
    "the server's appId is `dpp`, its body null, its headers carry x-p4-* beside X-Channel-Expires; a `p4` frame has no expiration",
  "flow: bridge":
    "the bridge passes the merchant's payment request through untouched instead of rewriting it and its paymentUrl",
} as const;

export type Decision = keyof typeof decisions;

export function isDecided(name: string): name is Decision {
  return Object.hasOwn(decisions, name);
}
