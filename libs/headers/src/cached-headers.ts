import type { BlockClaim, HeaderAnswer, HeaderSource } from "@p4/spv";

const maxAnswers = 4_096;
/** A confirmed block can still leave the chain. */
const confirmedForMs = 300_000;
/** Long enough for a burst of proofs of one new block, short enough that a sender's next try asks again. */
const otherwiseForMs = 1_000;

interface CachedAnswer {
  readonly answer: Promise<HeaderAnswer>;
  freshUntilMs: number;
}

/**
 * Remembers answers, the least recently used forgotten first. All proofs of a block make the same claim, so a burst of
 * them is one lookup, also while it is still under way. The source must not reject.
 */
export function cachedHeaders(source: HeaderSource, nowMs: () => number): HeaderSource {
  const answers = new Map<string, CachedAnswer>();
  const ask = (claim: BlockClaim): CachedAnswer => {
    const cached: CachedAnswer = { answer: source.lookup(claim), freshUntilMs: Infinity };
    void cached.answer.then(({ kind }) => {
      cached.freshUntilMs = nowMs() + (kind === "confirmed" ? confirmedForMs : otherwiseForMs);
    });
    return cached;
  };
  // A lookup under way is as fresh as one begun now.
  const mayAnswer = ({ freshUntilMs }: CachedAnswer, fresh: boolean): boolean =>
    freshUntilMs === Infinity || (!fresh && freshUntilMs > nowMs());
  return {
    lookup(claim, { fresh = false } = {}) {
      const key = `${claim.merkleRoot} ${claim.blockHash ?? ""} ${claim.blockHeight ?? ""}`;
      const known = answers.get(key);
      const cached = known !== undefined && mayAnswer(known, fresh) ? known : ask(claim);
      // Taken out and put back: a Map keeps the order of insertion, so the first key is the least recently used.
      answers.delete(key);
      answers.set(key, cached);
      if (answers.size > maxAnswers) answers.delete(answers.keys().next().value as string);
      return cached.answer;
    },
  };
}
