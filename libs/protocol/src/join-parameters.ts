/** One parameter in the URL of a join. */
export interface JoinParameter {
  readonly name: string;
  readonly description: string;
  /** What its text must be: one of these, or matched by this pattern. Neither: any text. */
  readonly values?: readonly string[];
  readonly pattern?: string;
  /** The rule in words, for who breaks it. */
  readonly rule?: string;
}

/** What a wallet says when it joins, in the query of the URL. The server refuses any other parameter. */
export const joinParameters: readonly JoinParameter[] = [
  {
    name: "internal",
    description:
      "Exactly `true`: the merchant, as deployed wallets say it. Without a dialect it means dpp, and until the peer has " +
      "shown which it knows, messages with a second name (paymentterms.*) carry both, unless the peer is Go's HTTP client.",
  },
  {
    name: "role",
    description: "The claimed role. Without one, the first message settles it.",
    values: ["merchant", "customer"],
    rule: "merchant or customer, and internal=true is the merchant",
  },
  {
    name: "dialect",
    description: "The wrapper to speak; also as WebSocket subprotocol. Without one, the first frame shows it.",
    values: ["p4", "dpp"],
    rule: "p4 or dpp",
  },
  {
    name: "since",
    description: "The last x-p4-sequence that the peer has seen: it hears what came after, instead of what is pending.",
    pattern: "^\\d{1,15}$",
    rule: "the sequence of an event: 0 or more",
  },
  {
    name: "receipts",
    description: "`true`: each stored message is confirmed to its sender by a receipt.",
    values: ["true", "false"],
    rule: "true or false",
  },
  {
    name: "token",
    description:
      "Where the join policy asks for one: a token for this channel and role. Also as Authorization: Bearer.",
  },
  {
    name: "wallet",
    description: "A secret of the wallet's own, by which it is known again on another connection.",
    pattern: "^[A-Za-z0-9_-]{16,128}$",
    rule: "a secret of 16 to 128 of A-Z, a-z, 0-9, _ and -",
  },
  {
    name: "refusal",
    description:
      "How a refused join is told: `http`, a status and a problem document before the upgrade; `close`, accepted and " +
      "closed with a code and a reason, for programs that never see the status. Without one, `close` for browsers and " +
      "Node.js, `http` for all others; but a join that only the log's trouble can refuse has its socket at once, and is " +
      "closed then, unless this says `http`.",
    values: ["close", "http"],
    rule: "close or http",
  },
];

/** Which parameter of a join breaks which rule. */
export interface StrayParameter {
  readonly name: string;
  readonly rule: string;
}

/** The first parameter that is unknown, given twice or has a text that it may not have; null when all are in order. */
export function strayParameter(
  query: Iterable<readonly [name: string, text: string]>,
  unknown: "refused" | "ignored" = "refused",
): StrayParameter | null {
  const seen = new Set<string>();
  for (const [name, text] of query) {
    const parameter = joinParameters.find((each) => each.name === name);
    if (parameter === undefined) {
      if (unknown === "refused") return { name, rule: `not a parameter of a join: ${parameterNames}` };
      continue;
    }
    if (seen.has(name)) return { name, rule: "given once" };
    seen.add(name);
    if (!mayBe(parameter, text)) return { name, rule: parameter.rule ?? "" };
  }
  return null;
}

const parameterNames = joinParameters.map(({ name }) => name).join(", ");

function mayBe({ values, pattern }: JoinParameter, text: string): boolean {
  if (values !== undefined) return values.includes(text);
  return pattern === undefined || new RegExp(pattern).test(text);
}
