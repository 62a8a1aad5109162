import vectors from "./vectors/envelopes.json" with { type: "json" };

/** A callback and what becomes of it. Signed with throw-away keys; the document's own example is the first. */
export interface EnvelopeVector {
  readonly name: string;
  readonly txid: string;
  readonly body: string;
  /** `header`: accepted by a server that takes blocks it does not know. */
  readonly verdict: "accept" | "header" | "reject" | "notice";
}

interface Stored {
  readonly name: string;
  readonly txid: string;
  readonly verdict: string;
  readonly rawBody?: string;
  readonly envelope?: Readonly<Record<string, unknown>>;
  readonly expand?: {
    readonly member: string;
    readonly append: string;
    readonly count: number;
    readonly then?: string;
    readonly thenAppend?: string;
    readonly thenCount?: number;
  };
}

export const envelopeVectors: readonly EnvelopeVector[] = (vectors as readonly Stored[]).map((stored) => ({
  name: stored.name,
  txid: stored.txid,
  body: bodyOf(stored),
  verdict: verdictOf(stored),
}));

export function envelopeVector(name: string): EnvelopeVector {
  const found = envelopeVectors.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`there is no vector ${name}`);
  return found;
}

function bodyOf({ rawBody, envelope = {}, expand }: Stored): string {
  if (rawBody !== undefined) return rawBody;
  if (expand === undefined) return JSON.stringify(envelope);
  const { member, append, count, then = "", thenAppend = "", thenCount = 0 } = expand;
  const expanded = `${String(envelope[member])}${append.repeat(count)}${then}${thenAppend.repeat(thenCount)}`;
  return JSON.stringify({ ...envelope, [member]: expanded });
}

/** A double spend is refused as a proof, and accepted as the notice that it is. */
function verdictOf({ name, verdict }: Stored): EnvelopeVector["verdict"] {
  if (name.startsWith("double-spend")) return "notice";
  if (verdict === "needs-header") return "header";
  return verdict === "accept" ? "accept" : "reject";
}
