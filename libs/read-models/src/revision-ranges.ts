/** A part of the index, by revisions, whose documents have been looked at; some of their channels are open. */
export interface RevisionRange {
  /** Its documents have revisions above `after`, up to `upTo`. */
  readonly after: number;
  readonly upTo: number;
  /** The earliest deadline of its open channels, milliseconds since 1970: until then there is nothing to find in it. */
  readonly dueAtMs: number;
}

/**
 * Joins neighbours until there are no more than `most`, so that what is remembered stays small however many channels are
 * open. A longer range is only looked at a little more often.
 */
export function mergeRanges(ranges: readonly RevisionRange[], most: number): readonly RevisionRange[] {
  let merged = ranges;
  while (merged.length > most) merged = mergePairs(merged);
  return merged;
}

function mergePairs(ranges: readonly RevisionRange[]): readonly RevisionRange[] {
  const pairs: RevisionRange[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const [first, second = first] = ranges.slice(i, i + 2);
    if (first === undefined || second === undefined) continue;
    const dueAtMs = Math.min(first.dueAtMs, second.dueAtMs);
    pairs.push({ after: first.after, upTo: second.upTo, dueAtMs });
  }
  return pairs;
}
