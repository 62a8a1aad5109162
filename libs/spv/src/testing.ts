/** What the envelope vectors post: an envelope, one with a member made large, or a text as it stands. */
export interface EnvelopeInput {
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly rawBody?: string;
  readonly expand?: {
    readonly member: string;
    readonly append: string;
    readonly count: number;
    readonly then?: string;
    readonly thenAppend?: string;
    readonly thenCount?: number;
  };
}

/** The body of a case of `vectors/envelopes.json`. */
export function envelopeBody({ rawBody, envelope, expand }: EnvelopeInput): string {
  if (rawBody !== undefined) return rawBody;
  if (expand === undefined) return JSON.stringify(envelope);
  const { member, append, count, then = "", thenAppend = "", thenCount = 0 } = expand;
  const expanded = String(envelope[member]) + append.repeat(count) + then + thenAppend.repeat(thenCount);
  return JSON.stringify({ ...envelope, [member]: expanded });
}
