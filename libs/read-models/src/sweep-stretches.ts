/** A part of the index, by revisions, whose documents have been looked at; some of their channels are open. */
export interface Stretch {
  /** Its documents have revisions above `after`, up to `upTo`. */
  readonly after: number;
  readonly upTo: number;
  /** The earliest deadline of its open channels, milliseconds since 1970: until then there is nothing to find in it. */
  readonly dueAtMs: number;
}

/**
 * Joins neighbours until there are no more than `most`, so that what is remembered stays small however many channels are
 * open. A longer stretch is only looked at a little more often.
 */
export function joinStretches(stretches: readonly Stretch[], most: number): readonly Stretch[] {
  let joined = stretches;
  while (joined.length > most) joined = joinPairs(joined);
  return joined;
}

function joinPairs(stretches: readonly Stretch[]): readonly Stretch[] {
  const pairs: Stretch[] = [];
  for (let i = 0; i < stretches.length; i += 2) {
    const [first, second = first] = stretches.slice(i, i + 2);
    if (first === undefined || second === undefined) continue;
    const dueAtMs = Math.min(first.dueAtMs, second.dueAtMs);
    pairs.push({ after: first.after, upTo: second.upTo, dueAtMs });
  }
  return pairs;
}
